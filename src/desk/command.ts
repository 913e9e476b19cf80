// `/desk`, typed in any channel: being away and back, who waits, and why. The answer is for the person who asked alone.
import type { App, RespondFn, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { admit, admitTo, listDesksOf } from './admission.ts'
import { back, goAwayFor } from './away.ts'
import { showBlocked } from './block.ts'
import { find, history } from './find.ts'
import type { Person } from './interaction.ts'
import { openListFrom } from './letter-list-click.ts'
import { FAILED } from './listen.ts'
import { queueBlocks } from './queue-list.ts'
import { within } from './race.ts'
import { tier } from './tier.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { explanation } from './why.ts'
import { writeNew } from './write-to.ts'

export const COMMAND = '/desk'

export interface Call {
  who: Person
  /** Where it was typed. */
  channel: string
  /** What stands behind the command's first word. */
  rest: string
  /** Opens one view, within three seconds. */
  triggerId: string
}

/** Undefined when there is nothing to say, because something has opened. */
type Run = (tools: DeskTools, call: Call) => Promise<Whisper | undefined>

const WORDS: Record<string, { run: Run; help: string }> = {
  away: {
    run: goAwayFor,
    help: '`/desk away 2h @ben` You are away, and Ben hears of your customers meanwhile; without him somebody else does. `30m`, `2h` or `3d`; `/desk away` alone opens a form.',
  },
  back: { run: back, help: '`/desk back` You are there again.' },
  queue: { run: showQueue, help: '`/desk queue` Who waits for an answer, soonest due first.' },
  find: {
    run: (tools, { who, rest }) => find(tools, who, { typed: rest, skip: 0 }),
    help: '`/desk find lamp broken` Conversations in which all of these words stand: in a name, an address, a subject, a text or the name of a file. `"In quotes"` they stand together; the last word may be only begun. `tag:refund` has that tag.',
  },
  history: {
    run: (tools, { who, rest }) => history(tools, who, { typed: rest, skip: 0 }),
    help: '`/desk history ana@example.org` All conversations of a customer, on whatever channel.',
  },
  letters: {
    run: openListFrom,
    help: '`/desk letters` The letters you can answer with: how often each was sent, who changed it, what it said before.',
  },
  why: { run: showWhy, help: '`/desk why v_…` How the waiting time of that conversation came about.' },
  tier: {
    run: tier,
    help: '`/desk tier v_… gold` How much that customer matters, which decides how soon they are to be answered.',
  },
  new: {
    run: writeNew,
    help: '`/desk new ana@example.org` Write to a customer first, on any channel where we know them.',
  },
  blocked: {
    run: showBlocked,
    help: '`/desk blocked` Whose messages are kept and call nobody, what came from them, and a way back.',
  },
  help: { run: async () => ({ text: HELP }), help: '`/desk help` This list.' },
}

const HELP = Object.values(WORDS)
  .map(({ help }) => help)
  .join('\n')

const WAIT = 'One moment…'
const OPENED: Whisper = { text: 'The form is open.' }

export function onCommand(app: App, tools: DeskTools): void {
  app.command(COMMAND, async ({ command, ack, respond }) => {
    const { user_id: id, team_id: teamId, channel_id: channel, trigger_id: triggerId, text } = command
    const work = answer(tools, { id, teamId }, { channel, triggerId, text }).catch((error: unknown): Whisper => {
      tools.log.error({ person: id, error: String(error) }, 'desk: a command led nowhere')
      return { text: FAILED }
    })
    await answerInTime(tools, work, ack, respond)
  })
}

type AckCommand = SlackCommandMiddlewareArgs['ack']

/** Commit, then ack with the answer. What is late comes by the address that Slack gave for it. */
async function answerInTime(
  { clock, log, saveWithinMs }: DeskTools,
  work: Promise<Whisper | undefined>,
  ack: AckCommand,
  respond: RespondFn,
): Promise<void> {
  const said = (whisper: Whisper) => ({ response_type: 'ephemeral' as const, ...whisper })
  const raced = await within(clock, saveWithinMs, work)
  if (raced.kind === 'done') return raced.value ? await ack(said(raced.value)) : await ack()
  await ack(said({ text: WAIT }))
  const late = said((await work) ?? OPENED)
  try {
    await respond(late)
  } catch (error) {
    log.warn({ error: String(error) }, 'desk: a late answer did not arrive')
  }
}

async function answer(
  tools: DeskTools,
  who: Person,
  { channel, triggerId, text }: { channel: string; triggerId: string; text: string },
): Promise<Whisper | undefined> {
  const [word = '', ...rest] = text.trim().split(/\s+/)
  const name = word === '' ? 'help' : word.toLowerCase()
  const known = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
  if (!known) return { text: `There is no \`/desk ${escapeMrkdwn(word.slice(0, 40))}\`.\n${HELP}` }
  return await known.run(tools, { who, channel, rest: rest.join(' '), triggerId })
}

/** In a desk's channel that desk's; elsewhere those of all the person's desks. */
async function showQueue(tools: DeskTools, { who, channel }: Call): Promise<Whisper> {
  const own = await listDesksOf(tools, who)
  const here = tools.desks.find((desk) => desk.channel === channel)
  const wanted = here ? [here] : own.length > 0 ? own : tools.desks.slice(0, 1)
  for (const desk of wanted) {
    const admission = await admit(tools, who, { desk, action: 'queue' })
    if (admission.kind === 'refused') return { text: admission.text }
  }
  return await queueBlocks(tools, wanted)
}

const ID_MAX = 40
const WHICH = 'Which conversation? Write its id: `/desk why v_…`.'
const ON_THE_CARD = '*More…* in the menu of its card has *Why?* too.'

async function showWhy(tools: DeskTools, { who, rest }: Call): Promise<Whisper> {
  const id = rest.slice(0, ID_MAX)
  const known = await tools.db.selectFrom('conversation').select('id').where('id', '=', id).executeTakeFirst()
  if (!known) return { text: `${id === '' ? WHICH : `There is no conversation ${escapeMrkdwn(id)}.`} ${ON_THE_CARD}` }
  const admission = await admitTo(tools, who, 'why', id)
  if (admission.kind === 'refused') return { text: admission.text }
  return { text: 'Why', blocks: explanation(await tools.explain(id)) }
}
