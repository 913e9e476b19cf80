// Mails of ours that are in no conversation yet: answers seen before what they answer, for folders are read side by side, and what
// we wrote first. Such a mail waits for the message that it answers, or that answers it, and is then read again.
import { type ConversationKey, channelKind, type InboundMessage, type OwnMessage } from './channel.ts'
import { DAY } from './clock.ts'
import type { Conversation } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { type Kept, readAgain } from './intake.ts'

const AWAITED_MS = 30 * DAY
const KEYS_MAX = 20
const RECIPIENTS_MAX = 20

export async function awaitMessage(
  trx: Trx,
  { channel, kept }: { channel: string; kept: Kept },
  { keys, said }: OwnMessage,
): Promise<void> {
  await trx
    .deleteFrom('awaited_answer')
    .where('since', '<', trx.now() - AWAITED_MS)
    .execute()
  const answered = (said?.evidence ?? []).slice(0, KEYS_MAX).map(({ key }) => key)
  const recipients = [...(said?.to ?? []), ...(said?.cc ?? [])].slice(0, RECIPIENTS_MAX)
  const answerable = recipients.flatMap(({ address }) => keys.map((key) => keyOfAnswer(key, address)))
  const awaited = new Set<string>([...answered, ...answerable])
  const rows = [...awaited].map((key) => ({
    ...{ channel_kind: channelKind(channel), key, intake_id: kept.id, since: trx.now() },
  }))
  if (rows.length === 0) return
  await trx
    .insertInto('awaited_answer')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** What waited for this message is read once more, and now finds its conversation. */
export async function readAwaited(trx: Trx, { id, channel }: Conversation, event: InboundMessage): Promise<void> {
  const channel_kind = channelKind(channel)
  const referred = event.evidence.slice(0, KEYS_MAX).map(({ key }) => key)
  const byAnswer = new Map(referred.map((key) => [keyOfAnswer(key, event.from.address), key]))
  const keys = [...event.keys, ...byAnswer.keys()]
  if (keys.length === 0) return
  const rows = await trx
    .deleteFrom('awaited_answer')
    .where('channel_kind', '=', channel_kind)
    .where('key', 'in', keys)
    .returning(['intake_id', 'key'])
    .execute()
  const ids = [...new Set(rows.map((row) => row.intake_id))]
  if (ids.length === 0) return
  const own = rows.flatMap(({ key }) => byAnswer.get(key) ?? [])
  const led = own.map((key) => ({ channel_kind, key, conversation_id: id, message_id: null }))
  if (led.length > 0) {
    await trx
      .insertInto('conversation_key')
      .values(led)
      .onConflict((oc) => oc.doNothing())
      .execute()
  }
  await readAgain(trx, ids)
}

/** Where a mail of ours belongs that was read again for its answer. The mail's own row takes the place of this mark. */
export async function takeAnswered(
  trx: Trx,
  channel: string,
  keys: readonly ConversationKey[],
): Promise<string | undefined> {
  if (keys.length === 0) return undefined
  const [row] = await trx
    .deleteFrom('conversation_key')
    .where('channel_kind', '=', channelKind(channel))
    .where('key', 'in', [...keys])
    .where('message_id', 'is', null)
    .returning('conversation_id')
    .execute()
  return row?.conversation_id
}

/** What an answer of one of its recipients carries. Anybody may carry its id; what we wrote is only for whom we wrote it to. */
function keyOfAnswer(key: ConversationKey, address: string): string {
  return `${key} ${address}`
}
