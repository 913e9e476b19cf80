// What the desk's channel tells us: words in a card's thread become internal notes, and people come and go. Nothing here sends.
import { awaitChanged, readChanges } from '../awaited-message.ts'
import type { ExternalId } from '../channel.ts'
import { type Conversation, findConversationByCard, getConversation } from '../conversation.ts'
import type { Reader, Trx } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import type { Kept } from '../intake.ts'
import type { Source } from '../intake-runner.ts'
import { insertNote } from '../message.ts'
import { changeNote } from '../note-change.ts'
import { parseSlackEvent, type SlackEvent } from '../slack/event.ts'
import type { ChangedMessage, DeletedMessage, NewMessage } from '../slack/event-message.ts'
import { plainText } from '../slack/mrkdwn.ts'
import { enter, findMember, leave, listAgents, type Profile } from './agents.ts'
import type { ChannelNews } from './desk-channels.ts'
import { type Reacted, react } from './reaction.ts'
import type { Desk, DeskTools } from './tools.ts'

type DeskEvent =
  | { kind: 'message'; desk: Desk; message: NewMessage }
  | { kind: 'changed'; desk: Desk; change: ChangedMessage | DeletedMessage; at: number }
  | Reacted
  | { kind: 'joined'; desk: Desk; profile: Profile }
  | { kind: 'left'; desk: Desk; user: string }
  | { kind: 'channel'; news: ChannelNews }

export function deskSource(tools: DeskTools): Source<DeskEvent> {
  return {
    async parse(raw) {
      const event = parseSlackEvent(raw.body)
      const desk = 'channel' in event ? await findDesk(tools, event.channel) : undefined
      if (!desk) return []
      const news = await tools.channels?.read(event, tools.self)
      if (news) return [{ kind: 'channel', news }]
      if (event.kind === 'message') return [{ kind: 'message', desk, message: event }]
      if (event.kind === 'message-changed' || event.kind === 'message-deleted')
        return [{ kind: 'changed', desk, change: event, at: raw.arrivedAt }]
      if (event.kind === 'reaction-added')
        return [{ ...reactedIn(event), desk, isShared: (await tools.channels?.isShared(desk)) ?? false }]
      if (event.kind === 'member-left') return [{ kind: 'left', desk, user: event.user }]
      if (event.kind !== 'member-joined') return []
      // Asked here and not while receiving: nobody talks to a network inside a transaction.
      const profile = await findMember(tools, desk, event.user)
      return profile ? [{ kind: 'joined', desk, profile }] : []
    },
    async receive(trx, kept, events) {
      for (const event of events) {
        if (event.kind === 'message') await keepNote(trx, tools, event, kept)
        else if (event.kind === 'changed') await keepChange(trx, event, kept)
        else if (event.kind === 'reacted') await react(trx, tools, event)
        else if (event.kind === 'channel') await tools.channels?.keep(trx, event.news)
        else if (event.kind === 'joined') await enter(trx, event.desk.name, event.profile)
        else await leave(trx, event.desk.name, event.user)
      }
    },
    async quarantine(trx, kept) {
      await appendFact(trx, { kind: 'raw-quarantined', data: { intakeId: kept.id } })
    },
  }
}

function reactedIn({ ts, user, name }: Extract<SlackEvent, { kind: 'reaction-added' | 'reaction-removed' }>) {
  return { kind: 'reacted', ts, user, name } as const
}

async function findDesk({ desks, channels }: DeskTools, channel: string): Promise<Desk | undefined> {
  return channels ? await channels.findDesk(channel) : desks.find((desk) => desk.channel === channel)
}

/** Only people's words, and only inside a card's thread. */
async function keepNote(
  trx: Trx,
  { self }: DeskTools,
  { desk, message }: { desk: Desk; message: NewMessage },
  kept: Kept,
): Promise<void> {
  const { channel, ts, threadTs, user, botId, subtype } = message
  if (threadTs === undefined || user === undefined || botId !== undefined) return
  if (user === self.botUserId || subtype === 'bot_message') return
  const conversation = await findByThread(trx, channel, threadTs)
  // Below the card of what went to another desk since: whoever reads there is not to write here.
  if (conversation?.desk !== desk.name) return
  const text = await readText(trx, desk, message)
  const note = await insertNote(trx, conversation, {
    externalId: noteIdOf(channel, ts),
    author: user,
    text,
    at: message.at,
  })
  if (!note) return // Told twice: a mention arrives as two events.
  const fact = { kind: 'note-written', conversationId: conversation.id, messageId: note.id, actor: user } as const
  await appendFact(trx, { ...fact, data: { seq: note.seq } })
  await readChanges(trx, kept.channel, noteIdOf(channel, ts) as ExternalId)
}

/** The id a note is kept under. */
export const noteIdOf = (channel: string, ts: string) => `${channel}:${ts}`

/** What we posted ourselves is no note, and what others did to it is nothing that is kept here. */
async function keepChange(
  trx: Trx,
  { desk, change, at }: Extract<DeskEvent, { kind: 'changed' }>,
  kept: Kept,
): Promise<void> {
  const { channel, ts, threadTs, key: externalId } = change
  const text =
    change.kind === 'message-changed' ? await readText(trx, desk, { text: change.text, files: [] }) : undefined
  const of = noteIdOf(channel, ts)
  if (await changeNote(trx, { of, externalId, text, at })) return
  if (threadTs === undefined) return
  const isBelowCard = change.botId === undefined && (await findByThread(trx, channel, threadTs)) !== undefined
  if (isBelowCard) await awaitChanged(trx, { channel: kept.channel, kept }, of as ExternalId)
}

/** A conversation that came back has a new card; people may still write under the old one. */
export async function findByThread(db: Reader, channel: string, threadTs: string): Promise<Conversation | undefined> {
  const current = await findConversationByCard(db, channel, threadTs)
  if (current) return current
  const post = await db
    .selectFrom('desk_post')
    .select('conversation_id')
    .where('channel', '=', channel)
    .where('ts', '=', threadTs)
    .executeTakeFirst()
  return post && (await getConversation(db, post.conversation_id))
}

async function readText(db: Reader, desk: Desk, { text, files }: Pick<NewMessage, 'text' | 'files'>): Promise<string> {
  const names = text.includes('<@')
    ? new Map((await listAgents(db, desk.name)).map(({ id, name }) => [id, name]))
    : undefined
  const said = plainText(text, { user: (id) => names?.get(id) })
  return [said, ...files.map(({ name }) => `[file: ${name}]`)].filter((line) => line !== '').join('\n')
}
