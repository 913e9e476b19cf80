// Two ways to reach customers: a chat that can be asked whether it has a message, and mail, which cannot.
import type {
  Channel,
  ConversationKey,
  ExternalId,
  InboundEvent,
  InboundMessage,
  OutboundMessage,
  Part,
  Progress,
  RawEvent,
  Sent,
} from '../../src/channel.ts'
import type { Machine } from './machine.ts'
import { asking, request } from './wire.ts'
import type { World } from './world.ts'

export const CHAT = 'chat:acme'
export const MAIL = 'email:help'

/** What a raw event holds, as the platforms of a history write it. */
export type RawBody =
  | { kind: 'message'; externalId: string; thread: string; from: string; counts: boolean; temper: Temper }
  | { kind: 'bounce'; externalId: string; of: string; lasting: 'hard' | 'soft' }

/** What reading it does to a program. */
export type Temper = 'mild' | 'flaky' | 'poisonous' | 'deadly'

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const read = <T>(bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes)) as T

export const toRaw = (key: string, arrivedAt: number, body: RawBody): RawEvent => ({ key, arrivedAt, body: text(body) })

export function customerChannel(name: string, machine: Machine, world: World): Channel {
  const lookUp = name === CHAT
  return {
    name,
    limits: { textMax: 4_000, attachmentBytesMax: 1_000, idempotency: lookUp ? 'lookup' : 'none' },
    start: async () => undefined,
    parse: (raw) => parse(raw, machine, world),
    salvage: (raw) => toMessage(raw, read<RawBody>(raw.body)),
    render: async (message) => render(message, world),
    send: (parts, progress) => send(name, parts, progress, machine, world),
    reconcile: async (parts, progress) => (lookUp ? await reconcile(parts, progress, machine, world) : 'unknown'),
    fetchAttachment: () => {
      throw new Error('nobody attaches anything here')
    },
    health: () => ({ ok: true }),
    stop: async () => undefined,
  }
}

async function parse(raw: RawEvent, machine: Machine, world: World): Promise<InboundEvent[]> {
  await machine.cross()
  const body = read<RawBody>(raw.body)
  if (body.kind === 'bounce') {
    const of = [partKey(body.of, 0)]
    const externalId = body.externalId as ExternalId
    return [{ kind: 'bounce', externalId, arrivedAt: raw.arrivedAt, of, lasting: body.lasting, reason: 'no such user' }]
  }
  if (body.temper === 'deadly') {
    machine.crash()
    await machine.cross()
  }
  const { ParseError } = world.product.channel
  if (body.temper === 'flaky' && world.chance.happens(0.5)) throw new ParseError('not this time', { final: false })
  if (body.temper === 'poisonous') throw new ParseError('never', { final: world.chance.happens(0.5) })
  return [toMessage(raw, body)]
}

function toMessage(raw: RawEvent, body: RawBody): InboundMessage {
  if (body.kind === 'bounce') throw new Error('a bounce is always readable here')
  const thread = `thread:${body.thread}` as ConversationKey
  return {
    kind: 'message',
    externalId: body.externalId as ExternalId,
    arrivedAt: raw.arrivedAt,
    from: { address: body.from },
    to: [],
    cc: [],
    text: 'Hello?',
    markdown: 'Hello?',
    evidence: [{ by: 'thread', key: thread }],
    keys: [thread],
    replyHandle: body.thread,
    ...(!body.counts && { automated: 'it says so' }),
    sender: 'none',
    attachments: [],
    warnings: [],
  }
}

const partKey = (messageId: string, n: number) => `out:${messageId}:${n}` as ConversationKey

interface Letter {
  messageId: string
  n: number
  /** Drawn when it was rendered: a retry that renders anew would show. */
  stamp: number
}

function render(message: OutboundMessage, { chance, partCounts }: World): Part[] {
  const count = chance.happens(0.25) ? 2 : 1
  partCounts.set(message.id, count)
  return Array.from({ length: count }, (_, n) => {
    const letter: Letter = { messageId: message.id, n, stamp: chance.between(0, 1_000_000) }
    return { body: text(letter), preview: 'Hello.', recipients: message.to, keys: [partKey(message.id, n)] }
  })
}

async function send(channel: string, parts: Part[], progress: Progress, machine: Machine, world: World): Promise<Sent> {
  const wire = { ...world, faults: world.wireFaults }
  const externalIds: ExternalId[] = []
  for (const [n, part] of parts.entries()) {
    const known = progress.accepted.get(n)
    const letter = read<Letter>(part.body)
    const externalId = known ?? (await request(wire, machine, (lateMs) => show(letter, part, channel, lateMs, world)))
    if (known === undefined) await progress.accept(n, externalId)
    externalIds.push(externalId)
  }
  for (const part of parts.slice(0, 1)) void expectRecord(read<Letter>(part.body).messageId, machine, world)
  return sentTo(parts, externalIds)
}

/** Who was told that it arrived, and lives on undisturbed, has written it down a little later. */
async function expectRecord(messageId: string, machine: Machine, world: World): Promise<void> {
  const { time, store } = world
  const heardAt = time.elapsed()
  await time.wait(RECORDED_WITHIN_MS)
  if (!machine.isUp() || machine.steadySince() > heardAt) return
  const effect = await store
    .selectFrom('outbox')
    .select('state')
    .where('dedupe', '=', `reply:${messageId}`)
    .executeTakeFirst()
  if (effect?.state !== 'accepted')
    world.violations.push(`${messageId} arrived, as we were told, and is ${effect?.state}`)
}

const RECORDED_WITHIN_MS = 10_000

function show(letter: Letter, part: Part, channel: string, lateMs: number, world: World): ExternalId {
  const { messageId, n } = letter
  const bytes = new TextDecoder().decode(part.body)
  world.copies.push({ messageId, n, channel, bytes, shownAt: world.time.elapsed() + lateMs })
  world.note(`${channel} gets ${messageId} part ${n}${lateMs > 0 ? ` and shows it in ${lateMs} ms` : ''}`)
  return externalIdOf(letter)
}

const externalIdOf = ({ messageId, n }: Letter) => `shown:${messageId}:${n}` as ExternalId

/** Records each part that is there; what is missing is sent by the next attempt, and nothing else. */
async function reconcile(parts: Part[], progress: Progress, machine: Machine, world: World): Promise<Sent | 'absent'> {
  const wire = { ...world, faults: asking(world.wireFaults) }
  const letters = parts.map((part) => read<Letter>(part.body))
  const isShown = (letter: Letter) =>
    world.copies.some(
      (copy) => copy.messageId === letter.messageId && copy.n === letter.n && copy.shownAt <= world.time.elapsed(),
    )
  const shown = await request(wire, machine, () => letters.map(isShown))
  for (const [n, letter] of letters.entries()) {
    if (shown[n] && !progress.accepted.has(n)) await progress.accept(n, externalIdOf(letter))
  }
  const everything = shown.every((there, n) => there || progress.accepted.has(n))
  return everything ? sentTo(parts, letters.map(externalIdOf)) : 'absent'
}

function sentTo(parts: Part[], externalIds: ExternalId[]): Sent {
  const recipients = parts[0]?.recipients ?? []
  return { externalIds, recipients: recipients.map(({ address }) => ({ address, accepted: true })) }
}
