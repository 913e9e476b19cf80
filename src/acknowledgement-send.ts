// The effect that sends an acknowledgement: written and frozen at its first attempt, once, and dropped rather than doubled.

import { type Owed, reserveAcknowledgement, whyWithheld } from './acknowledgement.ts'
import { type AutomatedMail, type AutomationLimits, countAutomated, passesFuse } from './automation.ts'
import { type Channel, type ExternalId, type OutboundMessage, type Part, type Progress, SendError } from './channel.ts'
import { type Clock, HOUR } from './clock.ts'
import { getIdentity } from './contact.ts'
import { findDetailValue } from './contact-detail.ts'
import { getConversation, lockConversation, refreshEntry } from './conversation.ts'
import type { Db, Reader, Trx } from './db/open.ts'
import type { Delivery } from './db/schema.ts'
import { acceptedBy, acceptPart, mark } from './delivery.ts'
import { appendFact } from './fact.ts'
import type { Log } from './log.ts'
import { addKeys, getMessage, insertOutbound } from './message.ts'
import type { Effect } from './outbox.ts'
import type { Handler, Outcome, Settled } from './outbox-attempt.ts'
import { insertParts, listParts } from './part.ts'
import type { Policies } from './policy.ts'
import { parseTarget } from './target.ts'
import { findWindow, policyFor, type StoredWindow } from './window-record.ts'

export interface AcknowledgementOptions {
  db: Db
  clock: Clock
  log: Log
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  policies: Policies
  limits: AutomationLimits
  /** Our words for it; undefined when there are none. */
  write(about: AcknowledgementSubject): Promise<{ subject: string; markdown: string } | undefined>
}

export interface AcknowledgementSubject {
  /** For its language only. */
  text: string
  /** Theirs, where somebody has said so. */
  language?: string
  /** Absent unless the sender is verified: a stranger's name is a stranger's words. */
  contact?: { name: string | undefined; address: string }
  desk: string
  dueAt: number
  /** Where the promise is so many whole hours from the arrival, whatever the time of day. */
  hours?: number
}

/** The author of what no agent wrote. */
export const PROGRAM = 'deskbell'

/** Before the outbox gives up: nobody has to decide about an acknowledgement. */
const ATTEMPTS_MAX = 4
const NOT_REPEATED = 'it may have arrived, and an acknowledgement is not sent twice'

export function acknowledgementHandler(options: AcknowledgementOptions): Handler {
  const { db, clock } = options
  const progressOf = (effect: Effect): Progress => ({
    startedAt: effect.startedAt,
    accepted: new Map(),
    accept: (n, externalId: ExternalId) => db.transaction((trx) => acceptPart(trx, messageIdOf(effect), n, externalId)),
  })
  const channelOf = async (effect: Effect) => {
    const { conversation_id } = await getMessage(db, owedIn(effect).messageId)
    return options.channelOf((await getConversation(db, conversation_id)).channel)
  }
  return {
    async send(effect) {
      const withheld = await whyWithheld(db, owedIn(effect), clock.now())
      if (withheld !== undefined) return moot(withheld)
      const frozen = await listParts(db, messageIdOf(effect))
      const parts = frozen.length > 0 ? frozen : await freeze(options, effect)
      if ('kind' in parts) return parts
      try {
        return acceptedBy(await (await channelOf(effect)).send(parts, progressOf(effect)))
      } catch (error) {
        const passes = error instanceof SendError && error.failure.kind === 'temporary'
        if (passes && effect.attempts >= ATTEMPTS_MAX) return moot(error.message)
        throw error
      }
    },
    async verify(effect) {
      const parts = await listParts(db, messageIdOf(effect))
      if (parts.length === 0) return { kind: 'absent' }
      const found = await (await channelOf(effect)).reconcile(parts, progressOf(effect))
      if (typeof found !== 'string') return acceptedBy(found)
      return found === 'absent' ? { kind: 'absent' } : moot(NOT_REPEATED)
    },
    settle,
  }
}

const moot = (reason: string) => ({ kind: 'moot', reason }) satisfies Outcome

function owedIn(effect: Effect): Owed {
  return JSON.parse(effect.payload)
}

/** Named after its effect, so that whoever takes over finds what was frozen. */
function messageIdOf({ id }: Effect): string {
  return `m${id.slice(1)}`
}

/** The parts that leave, on record before their first byte; or why none may. */
async function freeze(options: AcknowledgementOptions, effect: Effect): Promise<Part[] | Outcome> {
  const { db, log } = options
  const made = await compose(options, effect).catch((error: unknown) => {
    // What it choked on may be a customer's words.
    log.error({ effect: effect.id, error: error instanceof Error ? error.name : typeof error }, 'cannot acknowledge')
    return undefined
  })
  if (!made) return moot('it could not be written')
  const refused = await db.transaction((trx) => record(trx, options, effect, made))
  return refused === undefined ? made.parts : moot(refused)
}

interface Made {
  message: OutboundMessage
  parts: Part[]
}

async function compose(options: AcknowledgementOptions, effect: Effect): Promise<Made | undefined> {
  const { db, clock, policies } = options
  const { messageId, windowId, identityId } = owedIn(effect)
  const asked = await getMessage(db, messageId)
  const conversation = await getConversation(db, asked.conversation_id)
  const { name, address, contactId } = await getIdentity(db, identityId)
  const window = await findWindow(db, windowId)
  if (!window) return undefined
  const hours = await wholeHours(db, window, policies)
  const language = await findDetailValue(db, contactId, 'language')
  const written = await options.write({
    text: asked.text,
    ...(language !== undefined && { language }),
    ...(asked.sender === 'pass' && { contact: { name, address } }),
    desk: conversation.desk,
    dueAt: window.due_at,
    ...(hours !== undefined && { hours }),
  })
  if (!written) return undefined
  const message: OutboundMessage = {
    id: messageIdOf(effect),
    conversationToken: conversation.token,
    agentName: '',
    // Without their name, which is theirs to choose: nothing they wrote goes out under ours.
    to: [{ address }],
    cc: [],
    ...written,
    at: clock.now(),
    answers: {
      replyHandle: asked.reply_handle ?? '',
      text: '',
      arrivedAt: asked.arrived_at,
      from: { address: asked.author },
    },
    automated: 'acknowledgement',
  }
  return { message, parts: await options.channelOf(conversation.channel).render(message) }
}

const HOURS_MIN = 2
const HOURS_MAX = 96

/** Of a promise in hours on the clock, where the window has exactly those. */
async function wholeHours(db: Reader, window: StoredWindow, policies: Policies): Promise<number | undefined> {
  const { definition } = await policyFor(db, window.conversation_id, policies)
  const target = parseTarget((JSON.parse(definition) as { window: string }).window)
  if (target.unit !== 'calendar' || window.due_at - window.started_at !== target.ms) return undefined
  const hours = target.ms / HOUR
  return Number.isInteger(hours) && hours >= HOURS_MIN && hours <= HOURS_MAX ? hours : undefined
}

/** Everything that may forbid it is asked under the conversation's lock and the fuse's. Resolves to what does. */
async function record(
  trx: Trx,
  { limits }: AcknowledgementOptions,
  effect: Effect,
  { message, parts }: Made,
): Promise<string | undefined> {
  const owed = owedIn(effect)
  const asked = await getMessage(trx, owed.messageId)
  const conversation = await lockConversation(trx, asked.conversation_id)
  const withheld = await whyWithheld(trx, owed, trx.now())
  if (withheld !== undefined) return withheld
  const mail: AutomatedMail = { desk: conversation.desk, conversationId: conversation.id, identityId: owed.identityId }
  if (!(await passesFuse(trx, mail, limits))) return 'too much left at once that nobody wrote'
  if (!(await reserveAcknowledgement(trx, owed.identityId))) return 'they had one within seven days'
  await countAutomated(trx, owed.identityId)
  await insertOutbound(trx, conversation, {
    id: message.id,
    agentId: PROGRAM,
    subject: message.subject ?? null,
    markdown: message.markdown,
    answersUpTo: 0, // It answers nothing.
    template: null,
    automated: 'acknowledgement',
  })
  await insertParts(trx, message.id, parts)
  for (const part of parts) await addKeys(trx, conversation, message.id, part.keys)
  await refreshEntry(trx, conversation, message.id)
  return undefined
}

/** Neither the window nor the state of the conversation hears of it. */
async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  const id = messageIdOf(effect)
  const message = await trx.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirst()
  if (!message) return // It never came to be.
  const conversation = await lockConversation(trx, message.conversation_id)
  if (settled.kind === 'accepted') {
    await mark(trx, id, 'accepted', [])
    const data = { windowId: owedIn(effect).windowId }
    const about = { conversationId: conversation.id, messageId: id }
    await appendFact(trx, { kind: 'acknowledgement-accepted', ...about, data })
  } else {
    const { delivery } = await getMessage(trx, id)
    const reason = settled.kind === 'moot' ? settled.reason : settled.error
    await mark(trx, id, deliveryOf(settled, delivery), [reason])
  }
  await refreshEntry(trx, conversation, id)
}

/** What may have arrived does not become "nothing was sent" by being dropped. */
function deliveryOf({ kind }: Exclude<Settled, { kind: 'accepted' }>, before: Delivery | null): Delivery {
  if (kind === 'moot') return before === 'uncertain' ? 'uncertain' : 'undone'
  return kind === 'postponed' ? 'deferred' : kind
}
