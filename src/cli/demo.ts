// deskbell demo: the stand-ins and the real program in one process, and the story of two customers told as it happens.
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { readConfig, renderFaults } from '../config.ts'
import { systemRandom } from '../id.ts'
import { makeLog } from '../log.ts'
import { startDeskbell } from '../main.ts'
import { movableClock } from '../sandbox/clock.ts'
import { setStage } from '../sandbox/stage.ts'
import { type Counts, playStory, type Tell } from '../sandbox/story.ts'
import type { Command } from './command.ts'

const WHO_WIDTH = 6
const DETAIL_WIDTH = 96
const DETAIL_LINES_MAX = 24

export const runDemo: Command = async (words) => {
  const { values } = parseArgs({
    args: [...words],
    options: { story: { type: 'boolean' }, json: { type: 'boolean' }, config: { type: 'string' } },
  })
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
  if (values.json) process.stdout.write(`${JSON.stringify(counts)}\n`)
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
