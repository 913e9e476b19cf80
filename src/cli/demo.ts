// deskbell demo: a page on which one person plays customers, agents and lead; or, without one, the story of two customers.
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { readConfig, renderFaults } from '../config.ts'
import { systemRandom } from '../id.ts'
import { makeLog } from '../log.ts'
import { startDeskbell } from '../main.ts'
import { movableClock } from '../sandbox/clock.ts'
import { servePage } from '../sandbox/page/page-server.ts'
import { openPlayhouse } from '../sandbox/page/playhouse.ts'
import { setStage } from '../sandbox/stage.ts'
import { type Counts, playStory, type Tell } from '../sandbox/story.ts'
import type { Command } from './command.ts'

const WHO_WIDTH = 6
const DETAIL_WIDTH = 96
const DETAIL_LINES_MAX = 24

export const runDemo: Command = async (words) => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      story: { type: 'boolean' },
      json: { type: 'boolean' },
      port: { type: 'string' },
      config: { type: 'string' },
    },
  })
  return values.story || values.json ? await tellStory(values.json ?? false) : await servePlay(values.port)
}

const PORT = 4747

/** Until it is interrupted. */
async function servePlay(given: string | undefined): Promise<number> {
  const port = given === undefined ? PORT : Number(given)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${given}: write a number, such as 4747`)
  const house = await openPlayhouse()
  const server = await servePage(house, port).catch(async (error: NodeJS.ErrnoException) => {
    await house.stop()
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`Port ${port} is taken. Try: npm run demo -- --port 0`)
  })
  process.stdout.write(`Deskbell plays at ${server.url}  Open it in a browser; Ctrl+C ends it.\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  })
  await server.stop()
  await house.stop()
  return 0
}

async function tellStory(isJson: boolean): Promise<number> {
  const startedAt = systemClock().monotonic()
  const clock = movableClock()
  const stage = await setStage({ clock, wait: clock.wait })
  const read = readConfig(stage.settings())
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  const log = makeLog({ level: 'error', secrets: [] })
  const config = { ...read.config, database: { kind: 'sqlite', path: ':memory:' } as const }
  process.stdout.write(
    'Deskbell, the whole job on this machine: the real program, with stand-ins for Slack and for the mail server.\n\n',
  )
  const deskbell = await startDeskbell(config, { clock, random: systemRandom(), log })
  const counts = await playStory(stage, clock, narrator(clock.now))
  await deskbell.stop()
  await stage.stop()
  const seconds = (systemClock().monotonic() - startedAt) / 1000
  process.stdout.write(summary(counts, seconds))
  if (isJson) process.stdout.write(`${JSON.stringify(counts)}\n`)
  return 0
}

function narrator(now: () => number): Tell {
  return (who, what, details) => {
    const time = new Date(now()).toISOString().slice(11, 19)
    process.stdout.write(`${time}  ${who.padEnd(WHO_WIDTH)} ${what}\n`)
    for (const line of linesOf(details ?? '')) process.stdout.write(`${' '.repeat(10 + WHO_WIDTH)} │ ${line}\n`)
    process.stdout.write('\n')
  }
}

function linesOf(details: string): string[] {
  const lines = details
    .trim()
    .split(/\r?\n/)
    .flatMap((line) => wrap(line))
  if (lines.length <= DETAIL_LINES_MAX) return lines[0] === '' ? [] : lines
  return [...lines.slice(0, DETAIL_LINES_MAX), `... and ${lines.length - DETAIL_LINES_MAX} more lines`]
}

function wrap(line: string): string[] {
  const found: string[] = []
  let rest = line
  while (rest.length > DETAIL_WIDTH) {
    const space = rest.lastIndexOf(' ', DETAIL_WIDTH)
    const end = space > 0 ? space : DETAIL_WIDTH
    found.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...found, rest]
}

function summary(counts: Counts, seconds: number): string {
  const { mailsIn, cards, repliesAccepted, windowsAnswered, windowsOverdue, pings } = counts
  return `What the mail server and Slack saw, in ${seconds.toFixed(1)} s:
  ${mailsIn} mails came in, ${cards} cards were posted
  ${repliesAccepted} reply was accepted, ${windowsAnswered} response window answered
  ${windowsOverdue} window ran out, and its lead got ${pings} ping

Next, with your own accounts:
  1. npm run --silent deskbell -- manifest     create the Slack app from it
  2. copy deskbell.example.yaml to deskbell.yaml and .env.example to .env, and fill them in
  3. npm start
`
}
