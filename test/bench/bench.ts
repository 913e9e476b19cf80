// npm run bench: speed and memory of the real program, in one run on this machine. Ratios count; the figures beside them say of what.
import { crowd } from './crowd.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { mail } from './mail.ts'
import { searching } from './search.ts'

export interface Figures {
  [name: string]: number
}

interface Limit {
  name: string
  holds(value: number): boolean
  says: string
}

/** What is asked for, and what is due, costs what waits and not what is stored. */
const CROWD_LIMITS: Limit[] = ['', 'Postgres'].flatMap((engine) => [
  { name: `dueScanMs${engine}`, holds: (value) => value < 10, says: 'under 10' },
  { name: `dueScanRatio${engine}`, holds: (value) => value < 3, says: 'under 3' },
  { name: `due1000Ratio${engine}`, holds: (value) => value < 3, says: 'under 3' },
  { name: `queuePageMsP95${engine}`, holds: (value) => value < 20, says: 'under 20' },
  { name: `queueMiddlePageMsP95${engine}`, holds: (value) => value < 20, says: 'under 20' },
  { name: `queueCountMsP95${engine}`, holds: (value) => value < 20, says: 'under 20' },
])

/** A look through all texts takes many times as long; and a hundred times as many messages cost far less than that. */
const SEARCH_LIMITS: Limit[] = ['', 'Postgres'].flatMap((engine) => [
  { name: `search_rareScanRatio${engine}`, holds: (value) => value > 10, says: 'over 10' },
  { name: `search_usualScanRatio${engine}`, holds: (value) => value > 10, says: 'over 10' },
  { name: `search_usualGrowthRatio${engine}`, holds: (value) => value < 20, says: 'under 20' },
  { name: `search_commonGrowthRatio${engine}`, holds: (value) => value < 100, says: 'under 100' },
])

const LIMITS: Limit[] = [
  { name: 'mailParseRatio', holds: (value) => value >= 0.3, says: 'at least 0.3' },
  { name: 'ingestRatio', holds: (value) => value >= 0.3, says: 'at least 0.3 (aim 0.5)' },
  { name: 'mailToCardP95Ms', holds: (value) => value < 300, says: 'under 300 (aim 150)' },
  { name: 'readyMs', holds: (value) => value < 2000, says: 'under 2000 (aim 1000)' },
  { name: 'memoryMb', holds: (value) => value < 200, says: 'under 200' },
  ...CROWD_LIMITS,
  ...SEARCH_LIMITS,
]

const figures: Figures = {
  ...(await mail()),
  ...(await ingest()),
  ...(await latency()),
  ...(await crowd()),
  ...(await searching()),
}

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
