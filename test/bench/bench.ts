// npm run bench: speed and memory of the real program, in one run on this machine. Ratios count; the figures beside them say of what.
// `npm run bench -- flood search` runs only those; with --quick the flood is a small one.
import { crowd } from './crowd.ts'
import { flood } from './flood.ts'
import { ingest } from './ingest.ts'
import { latency } from './latency.ts'
import { ranking } from './letters.ts'
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

/** What is asked for, and what is due, costs what waits and not what is stored. Of the queue the middle counts: the rest is the machine's. */
const CROWD_LIMITS: Limit[] = ['', 'Postgres'].flatMap((engine) => [
  { name: `dueScanMs${engine}`, holds: (value) => value < 10, says: 'under 10' },
  { name: `dueScanRatio${engine}`, holds: (value) => value < 3, says: 'under 3' },
  { name: `due1000Ratio${engine}`, holds: (value) => value < 3, says: 'under 3' },
  { name: `queuePageMsP50${engine}`, holds: (value) => value < 10, says: 'under 10' },
  { name: `queueMiddlePageMsP50${engine}`, holds: (value) => value < 10, says: 'under 10' },
  { name: `queueCountMsP50${engine}`, holds: (value) => value < 60, says: 'under 60' },
])

/** A look through all texts takes several times as long; and thirty times as many messages cost less than thirty times as much. */
const SEARCH_LIMITS: Limit[] = ['', 'Postgres'].flatMap((engine) => [
  { name: `search_rareScanRatio${engine}`, holds: (value) => value > 3, says: 'over 3' },
  { name: `search_usualScanRatio${engine}`, holds: (value) => value > 2, says: 'over 2' },
  { name: `search_usualGrowthRatio${engine}`, holds: (value) => value < 10, says: 'under 10' },
  { name: `search_commonGrowthRatio${engine}`, holds: (value) => value < 30, says: 'under 30' },
])

const none = (name: string): Limit => ({ name, holds: (value) => value === 0, says: 'none' })

/** On twenty desks on which more arrives than Slack takes. */
const FLOOD_LIMITS: Limit[] = [
  none('floodLost'),
  none('floodHomeMissing'),
  none('floodStaleCards'),
  none('floodOwed'),
  none('floodOverloadUnsettled'),
  none('floodPostsRefused'),
  { name: 'floodOverloadedDesks', holds: (value) => value > 0, says: 'over 0' },
  { name: 'floodQuietShownMsP95', holds: (value) => value <= 10_000, says: 'at most 10000' },
  { name: 'floodModalMsMax', holds: (value) => value < 3000, says: 'under 3000' },
]

const LIMITS: Limit[] = [
  { name: 'mailParseRatio', holds: (value) => value >= 0.3, says: 'at least 0.3' },
  { name: 'ingestRatio', holds: (value) => value >= 0.25, says: 'at least 0.25 (aim 0.5)' },
  { name: 'mailToCardP95Ms', holds: (value) => value < 300, says: 'under 300 (aim 150)' },
  { name: 'readyMs', holds: (value) => value < 2000, says: 'under 2000 (aim 1000)' },
  { name: 'memoryMb', holds: (value) => value < 250, says: 'under 250 (aim 200)' },
  { name: 'suggestMs', holds: (value) => value < 20, says: 'under 20' },
  { name: 'suggestToReadRatio', holds: (value) => value < 0.2, says: 'under 0.2' },
  ...CROWD_LIMITS,
  ...SEARCH_LIMITS,
  ...FLOOD_LIMITS,
]

const isQuick = process.argv.includes('--quick')
const SECTIONS: Record<string, () => Promise<Figures>> = {
  ...{ mail, ingest, latency, letters: ranking, crowd, search: searching, flood: () => flood(isQuick) },
}
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const figures: Figures = {}
for (const [name, measure] of Object.entries(SECTIONS))
  if (named.length === 0 || named.includes(name)) Object.assign(figures, await measure())

const width = Math.max(...Object.keys(figures).map((name) => name.length))
for (const [name, value] of Object.entries(figures)) {
  const limit = LIMITS.find((candidate) => candidate.name === name)
  const verdict = limit ? `${limit.holds(value) ? 'ok  ' : 'MISS'} ${limit.says}` : ''
  process.stdout.write(
    `${name.padEnd(width)}  ${value.toFixed(value < 10 ? 2 : 0).padStart(8)}  ${verdict}`.trimEnd().concat('\n'),
  )
}
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`)
const measured = LIMITS.filter(({ name }) => named.length === 0 || name in figures)
process.exitCode = measured.every(({ name, holds }) => holds(figures[name] ?? Number.NaN)) ? 0 : 1
