// The thread that searches in SQLite: it reads one query, answers it, and can change nothing.
import type { SQLInputValue } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { readSqliteFile } from './sqlite.ts'

const database = readSqliteFile((workerData as { path: string }).path)

parentPort?.on('message', ({ sql, parameters }: { sql: string; parameters: SQLInputValue[] }) => {
  try {
    const rows = database.prepare(sql).all(...parameters)
    parentPort?.postMessage({ rows: rows.map((row) => ({ ...row })) })
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) })
  }
})
