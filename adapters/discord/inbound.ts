// Turns a kept event of Discord's into what the core understands. Pure: all it needs to know stands in the event and its notes.
import {
  type InboundDeletion,
  type InboundEdit,
  type InboundEvent,
  type InboundMessage,
  type OwnMessage,
  ParseError,
  type RawEvent,
} from '../../src/channel.ts'
import { judgeAuthor, type People, type Setting, type Verdict } from './author.ts'
import { conversationOf, threadOfAnswered } from './conversation.ts'
import { deletionId, dmKey, editId, messageId, messageKey, nonceKey, threadKey } from './external-id.ts'
import { type Body, readBody } from './message-body.ts'
import { listOf, type Payload, payloadOf, textOf, textsOf, timeOf } from './payload.ts'
import { addressOf } from './person.ts'
import { type Notes, readNames, readNotes } from './raw-event.ts'
import { readRequest } from './request.ts'
import { isSnowflake, snowflakeTime } from './snowflake.ts'

const BODY_BYTES_MAX = 1024 * 1024
/** What a person writes: a message, or one that answers another. All other types are Discord's own words. */
export const WRITTEN: readonly unknown[] = [0, 19]
const REPLY = 19
const UNKNOWN_STAFF =
  'One of us wrote this in Discord. Add their Slack id to discord.agents in deskbell.yaml, and what they write will count as an answer.'
const NO_WORDS =
  'This message came without its words. Switch on "Message Content Intent" for the bot in the Discord developer portal.'

/** Throws nothing but `ParseError`. */
export function toEvents(raw: RawEvent, people: People): InboundEvent[] {
  try {
    return eventsIn(raw, people)
  } catch (cause) {
    if (cause instanceof ParseError) throw cause
    throw new ParseError('discord: this event could not be read', { final: false, cause })
  }
}

function eventsIn(raw: RawEvent, people: People): InboundEvent[] {
  const notes = readNotes(raw)
  if (!notes) throw new ParseError('discord: the notes of this event are missing', { final: true })
  const payload = readPayload(raw.body)
  if (notes.kind === 'interaction') return []
  if (notes.kind === 'request') return [readRequest(payload, notes, raw.arrivedAt)]
  if (notes.kind === 'adopt') return readAdopted(payload, notes, people)
  const id = textOf(payload.id)
  const channelId = textOf(payload.channel_id)
  if (!isSnowflake(id) || !isSnowflake(channelId))
    throw new ParseError('discord: a message has no id', { final: false })
  if (notes.kind === 'delete') return [deletion(channelId, id, raw.arrivedAt)]
  return readMessage(payload, notes, people)
}

function readPayload(body: Uint8Array): Payload {
  if (body.byteLength > BODY_BYTES_MAX) throw new ParseError('discord: this event is far too large', { final: true })
  try {
    return payloadOf(JSON.parse(new TextDecoder().decode(body)))
  } catch (cause) {
    throw new ParseError('discord: this event is no JSON', { final: true, cause })
  }
}

function readMessage(message: Payload, notes: Notes, people: People): InboundEvent[] {
  if (!WRITTEN.includes(message.type)) return []
  const author = payloadOf(message.author)
  const verdict = judgeAuthor(authorOf(message, author, notes), settingOf(message, notes), people)
  if (verdict.who === 'ignored') return []
  if (notes.kind === 'update') return verdict.who === 'ourselves' ? [] : edit(message, notes, people)
  if (verdict.who === 'ourselves') return [own(message, notes)]
  if (notes.onlyMentions && verdict.who === 'customer' && !isForUs(message, notes.self)) return []
  const told = toMessage(message, notes, people)
  if (verdict.who === 'customer') return [told]
  // What one of us says to nobody's question answers nothing.
  if (told.evidence.length === 0) return []
  const evidence = notes.place === 'channel' ? threadOfAnswered(message) : told.evidence
  return [{ ...without(told), evidence, ...roleOf(verdict, told) }]
}

function authorOf(message: Payload, author: Payload, notes: Notes) {
  const id = textOf(author.id)
  const member = payloadOf(message.member)
  const roles = Array.isArray(member.roles) ? textsOf(member.roles) : (notes.roles ?? '').split(',').filter(Boolean)
  // A webhook writes under any name it likes; its own id is the one that counts.
  const webhook = textOf(message.webhook_id)
  return {
    id: webhook || id,
    isSelf: id === notes.self,
    isMachine: author.bot === true || author.system === true || webhook !== '',
    roles,
  }
}

/** Whoever answers somebody's message in an open channel stands in that one's conversation. */
function settingOf(message: Payload, { place, owner, self }: Notes): Setting {
  const answered = message.type === REPLY ? textOf(payloadOf(payloadOf(message.referenced_message).author).id) : ''
  if (place === 'dm') return { isPublic: false, isTop: false }
  if (place !== 'channel') return { isPublic: true, isTop: false, ...(owner !== undefined && { ownerId: owner }) }
  return { isPublic: true, isTop: answered === '', ...(answered && answered !== self && { ownerId: answered }) }
}

/** It names us, or answers what we said. */
export function isForUs(message: Payload, self: string): boolean {
  const answered = payloadOf(payloadOf(message.referenced_message).author)
  return answered.id === self || listOf(message.mentions).some(({ id }) => id === self)
}

function toMessage(message: Payload, notes: Notes, people: People): InboundMessage {
  const author = payloadOf(message.author)
  const id = textOf(message.id)
  const channelId = textOf(message.channel_id)
  const { text, markdown, unquoted, attachments } = bodyOf(message, notes, people)
  const warnings = [
    ...(notes.tags ? [`Tags: ${notes.tags}.`] : []),
    ...(text || attachments.length > 0 ? [] : [NO_WORDS]),
  ]
  return {
    kind: 'message',
    externalId: messageId(channelId, id),
    arrivedAt: snowflakeTime(id),
    from: addressOf(author, payloadOf(message.member)),
    to: [],
    cc: [],
    ...(notes.title && { subject: notes.title }),
    ...(notes.priority && { priority: notes.priority }),
    ...(notes.desk && { desk: notes.desk }),
    text,
    markdown,
    ...(unquoted !== undefined && { unquoted }),
    ...conversationOf(message, notes),
    sender: 'pass',
    attachments,
    warnings,
    ...(author.bot !== true && { acknowledgeable: true as const }),
  }
}

function bodyOf(message: Payload, notes: Notes, people: People): Body {
  const author = payloadOf(message.author)
  const isTrusted = people.trustedBots.has(textOf(message.webhook_id) || textOf(author.id))
  return readBody(message, readNames(notes), isTrusted)
}

/** A person who is no customer groups nothing and is owed no acknowledgement. */
function without({ group: _group, acknowledgeable: _acknowledgeable, ...told }: InboundMessage): InboundMessage {
  return told
}

function roleOf(
  verdict: Extract<Verdict, { who: 'staff' | 'bystander' }>,
  { warnings }: InboundMessage,
): Partial<InboundMessage> {
  if (verdict.who === 'bystander') return { bystander: verdict.as }
  // Should the desk not know the agent any more, they are still no customer.
  if (verdict.agentId !== undefined) return { agentId: verdict.agentId, bystander: 'helper' }
  return { bystander: 'helper', warnings: [...warnings, UNKNOWN_STAFF] }
}

/** Staff open a conversation from a message that somebody left in any channel. */
function readAdopted(interaction: Payload, notes: Notes, people: People): InboundEvent[] {
  const data = payloadOf(interaction.data)
  const found = payloadOf(payloadOf(payloadOf(data.resolved).messages)[textOf(data.target_id)])
  if (!isSnowflake(found.id) || !isSnowflake(found.channel_id)) {
    throw new ParseError('discord: the message that was chosen is missing', { final: false })
  }
  const { onlyMentions: _onlyMentions, ...rest } = notes
  return readMessage(found, { ...rest, kind: 'create' }, people).filter(({ kind }) => kind === 'message')
}

function edit(message: Payload, notes: Notes, people: People): InboundEdit[] {
  const editedAt = timeOf(message.edited_timestamp)
  if (editedAt === undefined) return [] // Discord has only added the preview of a link.
  const of = messageId(textOf(message.channel_id), textOf(message.id))
  const { text, markdown, attachments } = bodyOf(message, notes, people)
  return [
    {
      kind: 'edit',
      of,
      externalId: editId(of, editedAt),
      arrivedAt: editedAt,
      text,
      markdown,
      attachments,
      warnings: [],
    },
  ]
}

function deletion(channelId: string, id: string, arrivedAt: number): InboundDeletion {
  const of = messageId(channelId, id)
  return { kind: 'deletion', of, externalId: deletionId(of), arrivedAt }
}

/** Where it stands is told with it only if the program sent it: then whoever writes there answers it. */
function own(message: Payload, { place }: Notes): OwnMessage {
  const id = textOf(message.id)
  const channelId = textOf(message.channel_id)
  const nonce = textOf(message.nonce)
  const here = place === 'dm' ? [dmKey(channelId)] : place === 'channel' ? [] : [threadKey(channelId)]
  const keys = nonce ? [nonceKey(nonce), messageKey(id), ...here] : [messageKey(id)]
  return { kind: 'own', externalId: messageId(channelId, id), arrivedAt: snowflakeTime(id), keys, isProven: true }
}
