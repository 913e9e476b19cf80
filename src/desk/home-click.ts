// What is clicked in the home tab: another part of the queue, another page, Take. The tab shows it at once.
import { isCut } from '../agent-queue.ts'
import { lookAt, refreshHome } from '../home.ts'
import type { QueuePlace } from '../queue.ts'
import { HOME_CUT, HOME_FIRST, HOME_MORE, HOME_OPEN, HOME_TAKE } from './home-view.ts'
import type { Click } from './interaction.ts'
import { takeConversation } from './take.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

type Work = (tools: DeskTools, click: Click) => Promise<Whisper | undefined>

export const HOME_CLICKS: Record<string, Work> = {
  [HOME_CUT]: chooseCut,
  [HOME_MORE]: turn,
  [HOME_FIRST]: turn,
  [HOME_TAKE]: takeAtHome,
  [HOME_OPEN]: async () => undefined, // Slack follows the link itself, and tells us that it did.
}

async function chooseCut({ db }: DeskTools, { who, value }: Click): Promise<undefined> {
  if (!isCut(value)) throw new Error('the home tab offers another choice')
  await db.transaction((trx) => lookAt(trx, who.id, { cut: value }))
}

async function turn({ db }: DeskTools, { who, value }: Click): Promise<undefined> {
  const after = readPlace(value)
  await db.transaction((trx) => lookAt(trx, who.id, after ? { after } : {}))
}

async function takeAtHome(tools: DeskTools, click: Click): Promise<Whisper | undefined> {
  const said = await takeConversation(tools, click)
  await tools.db.transaction((trx) => refreshHome(trx, click.who.id))
  return said
}

/** Undefined for the first page. */
function readPlace(value: string): QueuePlace | undefined {
  const place = JSON.parse(value || '{}') as Partial<QueuePlace>
  const { dueAt, startedAt, conversationId } = place
  if (typeof dueAt !== 'number' || typeof startedAt !== 'number' || typeof conversationId !== 'string') return undefined
  return { dueAt, startedAt, conversationId }
}
