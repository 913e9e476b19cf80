// What is kept of the gateway: the payload as it came, and beside it the little that reading it takes and only the connection knows.
import type { RawEvent } from '../../src/channel.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'
import { snowflakeTime } from './snowflake.ts'

export type RawKind = 'create' | 'update' | 'delete' | 'request' | 'adopt' | 'interaction'
export type PlaceKind = 'dm' | 'channel' | 'thread' | 'post'

export interface Notes {
  kind: RawKind
  /** Our own user id. */
  self: string
  place: PlaceKind
  /** Whose thread it is. */
  owner?: string
  /** The one that was opened for what was asked with the slash command. */
  thread?: string
  /** The thread's name. */
  title?: string
  /** A post's tags, each with its name. */
  tags?: string
  /** What its tags say of it. */
  priority?: 'high' | 'low'
  /** Which desk answers there, where that is not the bot's own. */
  desk?: string
  /** The author's, where the payload does not say. */
  roles?: string
  /** In a channel where only what names us counts. */
  onlyMentions?: '1'
  /** Of channels and roles that are named in it: `{"channels":{},"roles":{}}`. */
  names?: string
}

const encoder = new TextEncoder()

/** A message as the gateway or the history has it: the same one has the same key whichever told of it. */
export function rawMessage(kind: 'create' | 'update', message: Payload, notes: Omit<Notes, 'kind'>): RawEvent {
  const id = textOf(message.id)
  const edited = textOf(message.edited_timestamp)
  const key = kind === 'create' ? `create:${id}` : `update:${id}:${edited}`
  return rawOf(key, kind === 'create' ? snowflakeTime(id) : Date.parse(edited), message, { ...notes, kind })
}

export function rawDeletion(channelId: string, id: string, at: number, notes: Omit<Notes, 'kind'>): RawEvent {
  return rawOf(`delete:${id}`, at, { id, channel_id: channelId }, { ...notes, kind: 'delete' })
}

/** An interaction's token lets anybody answer for us: it is never stored. */
export function rawInteraction(
  kind: 'interaction' | 'request' | 'adopt',
  interaction: Payload,
  notes: Omit<Notes, 'kind'>,
): RawEvent {
  const { token: _secret, ...rest } = interaction
  const id = textOf(interaction.id)
  return rawOf(`${kind}:${id}`, snowflakeTime(id), rest, { ...notes, kind })
}

function rawOf(key: string, arrivedAt: number, payload: Payload, notes: Notes): RawEvent {
  return { key, arrivedAt, body: encoder.encode(JSON.stringify(payload)), meta: { ...notes } }
}

const PLACES: readonly string[] = ['dm', 'channel', 'thread', 'post']
const KINDS: readonly string[] = ['create', 'update', 'delete', 'request', 'adopt', 'interaction']

/** Undefined for what no connection of ours wrote. */
export function readNotes({ meta = {} }: RawEvent): Notes | undefined {
  const { kind, place, self } = meta
  const isOurs = kind !== undefined && KINDS.includes(kind) && place !== undefined && PLACES.includes(place)
  return isOurs && self !== undefined ? (meta as unknown as Notes) : undefined
}

export function readNames(notes: Notes): { channels: Map<string, string>; roles: Map<string, string> } {
  const { channels, roles } = payloadOf(notes.names === undefined ? {} : JSON.parse(notes.names))
  const map = (value: unknown) => new Map(Object.entries(payloadOf(value)).map(([id, name]) => [id, textOf(name)]))
  return { channels: map(channels), roles: map(roles) }
}
