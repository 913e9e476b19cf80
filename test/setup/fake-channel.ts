// A channel of the contract without a platform behind it: what customers write is JSON, what they get is a list.
import {
  type Address,
  type Channel,
  type ConversationKey,
  type ExternalId,
  type InboundEvent,
  type InboundMessage,
  ParseError,
  type Part,
  type Progress,
  type RawEvent,
  SendError,
  type Sent,
} from '../../src/channel.ts'

export const ADA = 'ada@example.org'

/** What becomes of one part on its way out; `arrives` in an uncertain one says what the customer sees. */
export type PartFate =
  /** `before` happens before the program has heard of it. */
  | { kind: 'accepted'; before?: () => Promise<unknown> }
  | { kind: 'temporary'; retryAfterMs?: number; account?: boolean }
  | { kind: 'rejected'; reason: string }
  | { kind: 'uncertain'; arrives: boolean }
  | { kind: 'dies'; arrives: boolean }

export interface FakeChannel extends Channel {
  /** What customers see, in order. */
  delivered: { to: string; text: string }[]
  /** What happens to the next parts; once it is empty, every part is accepted. */
  fates: PartFate[]
  /** The bytes of attachments, by what refers to them. */
  files: Map<string, Uint8Array>
  /** Who gets a copy of every reply. */
  copies: Address[]
  /** Recipients the platform refuses, with its reason. */
  refused: Map<string, string>
  sends: number
}

/** As on a chat platform: files lie behind links, and what was sent can be put right. */
export interface FakeChat extends FakeChannel {
  /** What the customer sees now, by the platform's id of each part; undefined once it is taken back. */
  shown: Map<string, string | undefined>
  /** What happens to the next fetches, and to the next corrections; once it is empty, all goes well. */
  troubles: { fetch: Error[]; correct: Error[] }
}

export function fakeChat(name = 'discord'): FakeChat {
  const { readAttachment: _, readHead: __, ...channel } = fakeChannel(name)
  const troubles: FakeChat['troubles'] = { fetch: [], correct: [] }
  const shown: FakeChat['shown'] = new Map()
  return {
    ...channel,
    ...{ shown, troubles },
    async *fetchAttachment(ref) {
      const trouble = troubles.fetch.shift()
      if (trouble) throw trouble
      const bytes = this.files.get(ref)
      if (!bytes) throw new SendError({ kind: 'rejected' }, 'the platform does not have it any more')
      for (let from = 0; from < bytes.byteLength; from += FETCH_CHUNK) yield bytes.subarray(from, from + FETCH_CHUNK)
    },
    async revise(sent, parts) {
      const trouble = troubles.correct.shift()
      if (trouble) throw trouble
      for (const [n, id] of sent.entries()) shown.set(id, parts[n]?.preview)
    },
    async retract(sent) {
      const trouble = troubles.correct.shift()
      if (trouble) throw trouble
      for (const id of sent) shown.set(id, undefined)
    },
  }
}

const FETCH_CHUNK = 100

/** Raw bodies are JSON; a body `{"broken": ...}` is what no parser can read. Paragraphs leave as parts of their own. */
export function fakeChannel(name: string, idempotency: 'lookup' | 'none' = 'lookup'): FakeChannel {
  const seen = new Map<string, ExternalId>() // By the part's own key: what a look-up would find.
  const arrive = (channel: FakeChannel, part: Part): ExternalId => {
    const externalId = `${name}/${seen.size}` as ExternalId
    for (const key of part.keys) seen.set(key, externalId)
    channel.delivered.push({ to: part.recipients[0]?.address ?? '', text: part.preview })
    return externalId
  }
  const recipientsOf = (channel: FakeChannel, parts: Part[]) =>
    (parts[0]?.recipients ?? []).map(({ address }) => {
      const reason = channel.refused.get(address)
      return { address, accepted: reason === undefined, ...(reason !== undefined && { reason }) }
    })
  return {
    name,
    limits: { textMax: 1000, attachmentBytesMax: 1000, idempotency },
    delivered: [],
    fates: [],
    files: new Map(),
    copies: [],
    refused: new Map(),
    sends: 0,
    start: async () => undefined,
    stop: async () => undefined,
    health: () => ({ ok: true }),
    async *fetchAttachment() {},
    async readAttachment(_raw, ref) {
      const bytes = this.files.get(ref)
      if (!bytes) throw new ParseError(`there is no ${ref}`, { final: true })
      return bytes
    },
    readHead(start) {
      const read = JSON.parse(new TextDecoder().decode(start))
      const { from, to, cc, subject } = read.events[0] as InboundMessage
      const names = (list: Address[]) =>
        list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ')
      return [
        { name: 'From', value: names([from]) },
        { name: 'To', value: names(to) },
        ...(cc.length > 0 ? [{ name: 'Cc', value: names(cc) }] : []),
        ...(subject === undefined ? [] : [{ name: 'Subject', value: subject }]),
        { name: 'Message-ID', value: '<letter@example.org>' },
      ]
    },
    async parse(raw) {
      const read = JSON.parse(new TextDecoder().decode(raw.body))
      if (read.broken === 'deadly') await new Promise(() => undefined) // The process dies of it.
      if (read.broken === 'bomb') throw new ParseError('took too long', { final: true })
      if (read.broken) throw new ParseError('not a message', { final: false })
      return read.events
    },
    salvage: (raw) => {
      const externalId = `salvaged/${raw.key}` as ExternalId
      return inbound('', { externalId, at: raw.arrivedAt, evidence: [], keys: [] })
    },
    async render(message) {
      const files = message.attachments?.map(({ name, content }) => ({ name, bytes: content.byteLength }))
      return message.markdown.split('\n\n').map((text, n) => ({
        body: new TextEncoder().encode(text),
        preview: text,
        recipients: [...message.to, ...message.cc, ...this.copies],
        ...(n === 0 && files && { attachments: files }),
        keys: [`out:${message.id}:${n}` as ConversationKey],
      }))
    },
    async send(parts: Part[], progress: Progress): Promise<Sent> {
      this.sends += 1
      for (const [n, part] of parts.entries()) {
        if (progress.accepted.has(n)) continue
        const fate = this.fates.shift() ?? { kind: 'accepted' }
        if (fate.kind !== 'accepted') await suffer(fate, () => arrive(this, part))
        else {
          const externalId = arrive(this, part)
          await fate.before?.()
          await progress.accept(n, externalId)
        }
      }
      return { externalIds: [...progress.accepted.values()], recipients: recipientsOf(this, parts) }
    },
    async reconcile(parts) {
      if (idempotency === 'none') return 'unknown'
      const found = parts.flatMap((part) => seen.get(part.keys[0] ?? '') ?? [])
      return found.length === parts.length ? { externalIds: found, recipients: recipientsOf(this, parts) } : 'absent'
    },
  }
}

async function suffer(fate: Exclude<PartFate, { kind: 'accepted' }>, arrive: () => void): Promise<never> {
  if (fate.kind === 'temporary') throw new SendError(fate, 'the server is busy')
  if (fate.kind === 'rejected') throw new SendError({ kind: 'rejected' }, fate.reason)
  if (fate.arrives) arrive()
  if (fate.kind === 'dies') await new Promise(() => undefined) // The process is gone before an answer comes.
  throw new SendError({ kind: 'uncertain' }, 'the connection broke')
}

export type Wrote = Partial<InboundMessage> & { at?: number; sender?: 'pass' | 'fail' | 'none' }

let letters = 0

/** A message as an adapter would hand it over. One sender's messages belong together unless the test says otherwise. */
export function inbound(text: string, { at, ...wrote }: Wrote = {}): InboundMessage {
  const from = wrote.from ?? { address: ADA, name: 'Ada Lovelace' }
  const thread = `thread:${from.address}` as ConversationKey
  letters += 1
  return {
    kind: 'message',
    externalId: `letter/${letters}` as ExternalId,
    arrivedAt: at ?? 0,
    from,
    to: [{ address: 'support@example.com' }],
    cc: [],
    text,
    markdown: text,
    evidence: [{ by: 'reference', key: thread }],
    keys: [thread],
    replyHandle: 'handle',
    sender: 'pass',
    attachments: [],
    warnings: [],
    ...wrote,
  }
}

export function rawOf(event: InboundEvent, key: string = event.externalId): RawEvent {
  return { key, arrivedAt: event.arrivedAt, body: new TextEncoder().encode(JSON.stringify({ events: [event] })) }
}

export function brokenRaw(key: string, arrivedAt: number, how: 'broken' | 'bomb' | 'deadly' = 'broken'): RawEvent {
  return { key, arrivedAt, body: new TextEncoder().encode(JSON.stringify({ broken: how, key })) }
}
