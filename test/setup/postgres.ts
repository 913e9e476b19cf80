// One real PostgreSQL for the whole test run, gone afterwards.
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-server.ts'
import { scratchFolder } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startPostgres(scratchFolder())
  project.provide('postgresUrl', url)
  return stop
}
