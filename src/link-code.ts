// A code that is given to somebody on one channel and comes back from another: whoever sends it has both.
import type { InboundMessage } from './channel.ts'
import { DAY } from './clock.ts'
import type { Trx } from './db/open.ts'
import { base32Bytes } from './id.ts'
import { linkPeople } from './person.ts'
import type { Policies } from './policy.ts'

/** 40 bits: nobody guesses it in a day. */
const CODE_BYTES = 5
const CODE = /\bdb-([0-9a-z]{4})-([0-9a-z]{4})\b/gi
const VALID_MS = DAY
const TEXT_READ_MAX = 20_000
const CODES_READ_MAX = 5

/** Asked for by an agent, for the customer of this conversation. */
export async function makeCode(
  trx: Trx,
  asked: { contactId: string; conversationId: string; agentId: string },
): Promise<string> {
  const letters = base32Bytes(trx.random.bytes(CODE_BYTES))
  const code = `db-${letters.slice(0, 4)}-${letters.slice(4, 8)}`
  const { contactId: contact_id, conversationId: conversation_id, agentId: agent_id } = asked
  await trx
    .insertInto('link_code')
    .values({ code, contact_id, conversation_id, agent_id, made_at: trx.now(), used_by: null })
    .execute()
  return code
}

interface Sent {
  contactId: string
  conversationId: string
  messageId: string
  policies: Policies
}

/** A message that brings a code back. Whoever may be somebody else proves nothing with it. */
export async function readCodes(trx: Trx, event: InboundMessage, at: Sent): Promise<void> {
  if (event.sender !== 'pass' || event.hearsay || event.automated !== undefined || event.bystander !== undefined) return
  const said = (event.unquoted ?? event.text).slice(0, TEXT_READ_MAX)
  const codes = [...said.matchAll(CODE)].slice(0, CODES_READ_MAX).map(([code]) => code.toLowerCase())
  for (const code of new Set(codes)) await useCode(trx, code, at)
}

async function useCode(
  trx: Trx,
  code: string,
  { contactId, conversationId, messageId, policies }: Sent,
): Promise<void> {
  const found = await trx
    .updateTable('link_code')
    .set({ used_by: messageId })
    .where('code', '=', code)
    .where('used_by', 'is', null)
    .where('made_at', '>', trx.now() - VALID_MS)
    .where('contact_id', '<>', contactId) // Said where it was given, it proves nothing, and is not used up.
    .returning(['contact_id', 'agent_id'])
    .executeTakeFirst()
  if (!found) return
  const by = { how: 'code' as const, agentId: found.agent_id, messageId }
  await linkPeople(trx, { contactId: found.contact_id, otherId: contactId, by, conversationId, policies })
}
