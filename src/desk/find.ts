// `/desk find` and `/desk history`: what was said and with whom, for whoever may read it, page by page.
import type { App, BlockAction } from '@slack/bolt'
import { type Listed, listHistory, search } from '../search.ts'
import { QUERY_LENGTH_MAX } from '../search-query.ts'
import { escapeMrkdwn, typedText } from '../slack/mrkdwn.ts'
import { admit, listDesksOf } from './admission.ts'
import { behind, FIND_PAGE, foundBlocks, HISTORY_PAGE, historyBlocks, type Turn } from './find-list.ts'
import { type Click, clickOf, type Person } from './interaction.ts'
import { linkMaker } from './link.ts'
import { FAILED } from './listen.ts'
import type { Desk, DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { paragraph, word } from './words.ts'

const PAGE = 5
const SKIP_MAX = 10_000
const NO_WORDS =
  'Write what to look for: `/desk find lamp broken`, `/desk find "order 4711"`, `/desk find ana@example.org`.'
const NO_ADDRESS = 'Whose? Write the address: `/desk history ana@example.org`. Names are found with `/desk find`.'
const TOO_LONG = 'That took too long to look for. Write another word, so that there is less to look through.'

type List = (tools: DeskTools, who: Person, turn: Turn) => Promise<Whisper>

export const find: List = async (tools, who, asked) => {
  const turn = { ...asked, typed: typedOf(asked.typed) }
  if (turn.typed === '') return { text: NO_WORDS }
  const allowed = await desksFor(tools, who, 'find')
  if ('text' in allowed) return allowed
  const request = { ...turn, desks: allowed.desks.map(({ name }) => name), limit: PAGE }
  const found = await search(tools.searching, request).catch((error: unknown) => {
    tools.log.warn({ person: who.id, error: String(error) }, 'desk: a search was not finished')
    return 'failed' as const
  })
  if (found === undefined) return { text: NO_WORDS }
  if (found === 'failed') return { text: TOO_LONG }
  if (found.hits.length === 0) return nothing('Nothing is found for ', turn.typed, found.owed)
  return { text: 'Found', blocks: foundBlocks(found, turn, PAGE, await linksTo(tools, found.hits)) }
}

export const history: List = async (tools, who, asked) => {
  const turn = { ...asked, typed: typedOf(asked.typed) }
  if (turn.typed === '') return { text: NO_ADDRESS }
  const allowed = await desksFor(tools, who, 'history')
  if ('text' in allowed) return allowed
  const desks = allowed.desks.map(({ name }) => name)
  const known = await listHistory(tools.searching, { address: turn.typed, desks, skip: turn.skip, limit: PAGE })
  if (!known) return { text: `Nobody has written from ${escapeMrkdwn(turn.typed)} to your desk. ${NO_ADDRESS}` }
  const links = await linksTo(tools, known.conversations)
  return { text: 'Conversations', blocks: historyBlocks(known, turn, PAGE, links) }
}

const TURNS: [string, List][] = [
  [FIND_PAGE, find],
  [HISTORY_PAGE, history],
]

/** The buttons below a list, which only its reader sees: the next page takes its place. */
export function onTurn(app: App, tools: DeskTools): void {
  for (const [name, list] of TURNS) {
    for (const way of ['back', 'on']) {
      app.action<BlockAction>(
        { type: 'block_actions', action_id: `${name}_${way}` },
        async ({ body, ack, respond }) => {
          const click = clickOf(body)
          await ack()
          const said = await turned(tools, click, list)
          await respond({ replace_original: true, response_type: 'ephemeral', ...said }).catch((error: unknown) =>
            tools.log.warn({ person: click.who.id, error: String(error) }, 'desk: a page did not arrive'),
          )
        },
      )
    }
  }
}

async function turned(tools: DeskTools, { who, value }: Click, list: List): Promise<Whisper> {
  try {
    return await list(tools, who, readTurn(value))
  } catch (error) {
    tools.log.error({ person: who.id, error: String(error) }, 'desk: a page led nowhere')
    return { text: FAILED }
  }
}

function readTurn(value: string): Turn {
  const { typed, skip } = JSON.parse(value) as Partial<Turn>
  if (typeof typed !== 'string' || !Number.isSafeInteger(skip)) throw new Error('the button says no page')
  return { typed, skip: Math.min(Math.max(0, Number(skip)), SKIP_MAX) }
}

function typedOf(typed: string): string {
  return typedText(typed).trim().slice(0, QUERY_LENGTH_MAX)
}

/** Where this person may read. That somebody may nowhere is on record. */
async function desksFor(tools: DeskTools, who: Person, action: string): Promise<{ desks: Desk[] } | { text: string }> {
  const own = await listDesksOf(tools, who)
  const desks: Desk[] = []
  let refusal = 'There is no desk yet.'
  for (const desk of own.length > 0 ? own : tools.desks.slice(0, 1)) {
    const admission = await admit(tools, who, { desk, action })
    if (admission.kind === 'agent') desks.push(desk)
    else refusal = admission.text
  }
  return desks.length > 0 ? { desks } : { text: refusal }
}

async function linksTo({ read }: DeskTools, listed: readonly Listed[]): Promise<Map<string, string>> {
  const linkTo = linkMaker(read)
  const links = await Promise.all(listed.map(({ card }) => card && linkTo(card)))
  return new Map(listed.flatMap(({ conversationId }, n) => (links[n] ? [[conversationId, links[n]]] : [])))
}

function nothing(before: string, typed: string, owed: number): Whisper {
  const blocks = [paragraph([word(before), word(typed, { bold: true }), word('.')]), ...behind(owed)]
  return { text: 'Nothing is found.', blocks }
}
