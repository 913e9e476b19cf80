// What an agent passes on to a mailbox of ours is the question of whoever wrote the original, from the moment we have it.
import type { InboundMessage } from './channel.ts'
import type { Conversation } from './conversation.ts'
import type { Reader, Trx } from './db/open.ts'
import { insertNote, type Message } from './message.ts'

export interface PassedOn {
  event: InboundMessage
  /** The agent, and what they wrote to it: for our eyes only. */
  by?: { agentId: string; note: string }
}

/** As it stands where nobody of ours passes anything on: only an agent may speak for somebody else. */
export async function passedOnBy(db: Reader, event: InboundMessage): Promise<PassedOn> {
  const { forwarded, ...rest } = event
  if (!forwarded || event.sender === 'fail') return { event: rest }
  const agent = await findAgentByEmail(db, event.from.address)
  if (!agent) return { event: rest }
  const { original } = forwarded
  // An answer to the customer with us in copy, whatever stands below it.
  const isAnswer = [...event.to, ...event.cc].some(({ address }) => address === original?.from.address)
  if (isAnswer) return { event: rest }
  if (!original || (await findAgentByEmail(db, original.from.address))) {
    const warning = `This seems to pass on what somebody else wrote, but it cannot be read who that was. Replies go to ${event.from.address}.`
    return { event: { ...rest, warnings: [warning, ...event.warnings] } }
  }
  const { note, ...said } = original
  const warning = `Passed on by ${agent.name} (${event.from.address}). Replies go to ${said.from.address}.`
  const { unquoted: _, people: __, acknowledgeable: ___, soleKey: ____, automated: _____, ...kept } = rest
  const passed: InboundMessage = {
    ...kept,
    ...said,
    keys: [...event.keys, ...said.keys],
    sender: 'none',
    warnings: [warning, ...event.warnings],
  }
  return { event: passed, by: { agentId: agent.id, note } }
}

async function findAgentByEmail(db: Reader, address: string): Promise<{ id: string; name: string } | undefined> {
  return await db
    .selectFrom('agent')
    .select(['id', 'name'])
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', address))
    .where('left_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
}

/** The agent's own words stand apart, so that no answer ever quotes them. */
export async function keepNote(
  trx: Trx,
  conversation: Conversation,
  message: Message,
  { agentId, note }: { agentId: string; note: string },
): Promise<void> {
  if (note === '') return
  const externalId = forwardNoteId(message.id)
  await insertNote(trx, conversation, { externalId, author: agentId, text: note, at: message.arrived_at })
}

const forwardNoteId = (messageId: string) => `forward:${messageId}`

/** What the agent wrote who passed this message on. */
export async function findForwardNote(
  db: Reader,
  messageId: string,
): Promise<{ author: string; text: string } | undefined> {
  return await db
    .selectFrom('message')
    .select(['author', 'text'])
    .where('channel_kind', '=', 'desk')
    .where('external_id', '=', forwardNoteId(messageId))
    .executeTakeFirst()
}
