// What an open composer is aimed at: the question as it stands, or the same one for another address of its customer.
import { type Aim, choicesFor, findChannelTo, isSamePerson } from '../aim.ts'
import { getIdentity, type KnownIdentity } from '../contact.ts'
import type { Reader } from '../db/open.ts'
import type { RecipientChoices } from '../recipients.ts'
import { type Question, readQuestion } from './question.ts'
import type { Desk, DeskTools } from './tools.ts'

export interface Aimed {
  conversationId: string
  aim?: Aim
}

/** Throws when there is no such conversation. */
export async function readAimed(db: Reader, { conversationId, aim }: Aimed): Promise<Question> {
  const question = await readQuestion(db, conversationId)
  if (!aim) return question
  const { subject } = question.conversation
  const conversation = { ...question.conversation, channel: aim.channel, subject: subject ?? aim.subject ?? null }
  return { ...question, conversation, identity: await getIdentity(db, aim.identityId) }
}

/** Whether the address that was shown is the customer's still. */
export async function isStillTheirs(
  db: Reader,
  { conversation }: Pick<Question, 'conversation'>,
  { identityId, aim }: { identityId: string; aim?: Aim },
): Promise<boolean> {
  return aim ? await isSamePerson(db, conversation.identity_id, identityId) : conversation.identity_id === identityId
}

export async function readRecipients(
  tools: DeskTools,
  { conversation, identity }: Question,
): Promise<RecipientChoices> {
  if (conversation.identity_id === identity.id) return await tools.recipients(conversation.id)
  return choicesFor(await getIdentity(tools.db, identity.id))
}

/** The desk's channel by which this address is reached; undefined where there is none. */
export async function channelTo(
  tools: DeskTools,
  { name: desk }: Pick<Desk, 'name'>,
  identity: Pick<KnownIdentity, 'id' | 'channelKind'>,
): Promise<string | undefined> {
  return await findChannelTo(tools.db, identity, { desk, configured: tools.channelsAt?.(desk) })
}
