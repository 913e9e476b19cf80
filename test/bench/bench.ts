// npm run bench: speed and memory of the real program, in one run on this machine. Ratios count; the figures beside them say of what.
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'

export interface Figures {
  [name: string]: number
}

const LIMITS: { name: string; holds(value: number): boolean; says: string }[] = [
  { name: 'ingestRatio', holds: (value) => value >= 0.3, says: 'at least 0.3 (aim 0.5)' },
  { name: 'mailToCardP95Ms', holds: (value) => value < 300, says: 'under 300 (aim 150)' },
  { name: 'readyMs', holds: (value) => value < 2000, says: 'under 2000 (aim 1000)' },
  { name: 'memoryMb', holds: (value) => value < 200, says: 'under 200' },
]

const figures: Figures = { ...(await ingest()), ...(await latency()) }

const width = Math.max(...Object.keys(figures).map((name) => name.length))
for (const [name, value] of Object.entries(figures)) {
  const limit = LIMITS.find((candidate) => candidate.name === name)
  const verdict = limit ? `${limit.holds(value) ? 'ok  ' : 'MISS'} ${limit.says}` : ''
  process.stdout.write(
    `${name.padEnd(width)}  ${value.toFixed(value < 10 ? 2 : 0).padStart(8)}  ${verdict}`.trimEnd().concat('\n'),
  )
}
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exitCode = LIMITS.every(({ name, holds }) => holds(figures[name] ?? Number.NaN)) ? 0 : 1
