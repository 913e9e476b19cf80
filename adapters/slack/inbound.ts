// From a kept event to what the core understands. It asks nobody: all it needs was kept with the event.
import type { Address, InboundEdit, InboundEvent, InboundMessage, RawEvent } from '../../src/channel.ts'
import type { NewMessage } from '../../src/slack/event-message.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../../src/slack/field.ts'
import { readFiles } from './attachment.ts'
import { externalIdOf, groupKey, placeKey, replyHandleOf, threadKey } from './conversation-key.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'
import { escapeMarkdown, tamed } from './markdown-escape.ts'
import { readWords } from './mrkdwn.ts'
import { type KeptEvent, readRaw } from './raw.ts'
import type { Names, Words } from './rich-text.ts'
import { isOfUs, type Standing, standingOf, type Where } from './standing.ts'

const FORWARDED_MAX = 10

/** Throws `ParseError`. */
export function toEvents(raw: RawEvent, config: CustomersConfig): InboundEvent[] {
  const kept = readRaw(raw)
  if (!kept) return []
  const { told, event } = kept
  const of = externalIdOf(told.channel, told.ts)
  const standing = standingIn(kept, config)
  if (told.kind === 'message') {
    if (standing === 'own') return [ownOf(told, raw)]
    return standing === 'nobody' ? [] : [messageOf(kept, told, { raw, config, standing })]
  }
  // Of a message that is gone not even its author need be told.
  const isOurs = standing === 'own' || (standing === 'nobody' && (told.user !== undefined || told.botId !== undefined))
  if (isOurs) return []
  const version = told.key.slice(told.key.indexOf('/') + 1)
  const about = { of, externalId: version as typeof of, arrivedAt: raw.arrivedAt }
  return [told.kind === 'message-deleted' ? { kind: 'deletion', ...about } : editOf(kept, event, about)]
}

function standingIn({ us, event, people, told }: KeptEvent, config: CustomersConfig): Standing | 'own' {
  const { user, botId } = told
  const known = user === undefined ? undefined : people[user]
  // Where Slack told nothing of a person, the message itself says where they belong.
  const team = teamIn(event.subtype === 'message_changed' ? fieldsOf(event.message) : event) ?? known?.team
  const person = known || team !== undefined ? { name: '', ...known, ...(team !== undefined && { team }) } : undefined
  return standingOf({ ...config, us }, { user, person, botId }, whereOf(config, told.channel))
}

/** Only on a message in a shared channel, by somebody of another organisation. */
function teamIn(message: Fields): string | undefined {
  return textOf(message.user_team) ?? textOf(message.source_team)
}

function whereOf(config: CustomersConfig, channel: string): Where {
  return channelOf(config, channel)?.kind ?? 'direct'
}

/** Whoever was written to first in a direct message answers there, and in no thread. */
function ownOf({ channel, ts, threadTs }: NewMessage, { arrivedAt }: RawEvent): InboundEvent {
  const place = channel.startsWith('D') ? [placeKey(channel)] : []
  const keys = [threadKey(channel, threadTs ?? ts), ...place]
  return { kind: 'own', externalId: externalIdOf(channel, ts), arrivedAt, keys }
}

interface Context {
  raw: RawEvent
  config: CustomersConfig
  standing: Standing
}

function messageOf(kept: KeptEvent, told: NewMessage, { raw, config, standing }: Context): InboundMessage {
  const { channel, ts, threadTs } = told
  const where = whereOf(config, channel)
  const from = authorOf(kept, told)
  const words = contentOf(kept, kept.event)
  const thread = threadKey(channel, threadTs ?? ts)
  const isDirect = where === 'direct'
  const evidence: InboundMessage['evidence'] = [
    ...(threadTs === undefined ? [] : [{ by: 'thread' as const, key: thread }]),
    ...(isDirect ? [{ by: 'place' as const, key: placeKey(channel) }] : []),
  ]
  const isGrouped = threadTs === undefined && !isDirect && (standing === 'customer' || standing === 'resident')
  return {
    kind: 'message',
    externalId: externalIdOf(channel, ts),
    arrivedAt: raw.arrivedAt,
    from,
    to: [],
    cc: [],
    ...words,
    evidence,
    keys: isDirect ? [thread, placeKey(channel)] : [thread],
    ...(isGrouped && { group: groupKey(channel, from.address) }),
    replyHandle: replyHandleOf({ channel, ...threadOf(told, isDirect) }),
    sender: 'pass',
    ...roleOf(kept, told, standing, where, config),
  }
}

/** In a channel an answer goes below its question; in a direct message it follows it. */
function threadOf({ ts, threadTs }: NewMessage, isDirect: boolean): { threadTs?: string } {
  if (threadTs !== undefined) return { threadTs }
  return isDirect ? {} : { threadTs: ts }
}

function roleOf(
  kept: KeptEvent,
  { user }: NewMessage,
  standing: Standing,
  where: Where,
  config: CustomersConfig,
): Pick<InboundMessage, 'agentId' | 'bystander'> {
  const isOurs = user !== undefined && isOfUs(kept.people[user] ?? {}, kept.us)
  const mayBeAgent = standing === 'staff' || standing === 'resident' || (standing === 'helper' && isOurs)
  const agent = user !== undefined && mayBeAgent ? { agentId: user } : {}
  if (standing === 'staff') return { ...agent, bystander: 'member' }
  if (standing === 'helper') return { ...agent, bystander: 'helper' }
  return isInAnothersThread(kept, user, where, config) ? { ...agent, bystander: 'member' } : agent
}

/** In a community's thread that another customer has begun. Colleagues of one organisation speak for each other. */
function isInAnothersThread(kept: KeptEvent, user: string | undefined, where: Where, config: CustomersConfig): boolean {
  const parent = textOf(kept.event.parent_user_id)
  if (where !== 'community' || parent === undefined || parent === user) return false
  const author = { user: parent, person: kept.people[parent], botId: undefined }
  const standing = standingOf({ ...config, us: kept.us }, author, where)
  return standing === 'customer' || standing === 'resident'
}

function authorOf({ event, people, us }: KeptEvent, { user, botId }: NewMessage): Address {
  const person = user === undefined ? undefined : people[user]
  const team = teamIn(event) ?? person?.team ?? textOf(event.team) ?? us.team
  const bot = fieldsOf(event.bot_profile)
  const name = tamed((person?.name || textOf(event.username) || textOf(bot.name)) ?? '')
    .trim()
    .slice(0, 200)
  return { address: `${team}/${user ?? botId ?? 'unknown'}`, ...(name !== '' && { name }) }
}

function editOf(
  kept: KeptEvent,
  event: Fields,
  about: Pick<InboundEdit, 'of' | 'externalId' | 'arrivedAt'>,
): InboundEdit {
  return { kind: 'edit', ...about, ...contentOf(kept, fieldsOf(event.message)) }
}

type Content = Pick<InboundMessage, 'text' | 'markdown' | 'attachments' | 'warnings'>

function contentOf({ people }: KeptEvent, message: Fields): Content {
  const names: Names = { user: (id) => people[id]?.name || undefined, channel: () => undefined }
  const forwarded = forwardedIn(message)
  const files = [message, ...forwarded].flatMap((each) => listOf(each.files))
  const { attachments, links, warnings } = readFiles(files)
  const all = [readWords(message, names), ...forwarded.map((each) => quoted(each, names)), ...links].filter(
    ({ text }) => text !== '',
  )
  return {
    text: all.map(({ text }) => text).join('\n\n'),
    markdown: all.map(({ markdown }) => markdown).join('\n\n'),
    attachments,
    warnings,
  }
}

/** Messages that were passed on. Previews of links say nothing that was said by somebody. */
function forwardedIn(message: Fields): Fields[] {
  return listOf(message.attachments)
    .filter(({ is_share, is_msg_unfurl }) => is_share === true || is_msg_unfurl === true)
    .slice(0, FORWARDED_MAX)
}

function quoted(shared: Fields, names: Names): Words {
  const words = readWords({ text: shared.text }, names)
  const who = tamed(textOf(shared.author_name) ?? 'somebody').slice(0, 200)
  return {
    text: `${who} wrote:\n${words.text}`.replaceAll(/^/gm, '> '),
    markdown: `${escapeMarkdown(who)} wrote:\n\n${words.markdown}`.replaceAll(/^/gm, '> '),
  }
}
