// Everything a letter may say of this customer, this agent and this moment.
import { readCalledBy } from '../called-by.ts'
import { channelKind } from '../channel.ts'
import { isReturning } from '../letter-use.ts'
import { type FieldValues, type LetterSituation, listFieldValues } from '../template/field.ts'
import { firstName, formalName } from '../template/name.ts'
import { readPromised } from '../window-record.ts'
import type { Agent } from './agents.ts'
import type { Question } from './question.ts'
import { type Desk, type DeskTools, deskTitle } from './tools.ts'

export async function readValues(
  tools: DeskTools,
  { identity, conversation }: Question,
  agent: Agent,
  desk: Desk,
  language: string,
): Promise<FieldValues> {
  const { db, policies, isOpen } = tools
  const situation: LetterSituation = {
    contact: {
      name: identity.name,
      address: identity.address,
      calledBy: await readCalledBy(db, identity.contactId),
      tier: policies.tierOf(await readPromised(db, conversation.id)),
      history: (await isReturning(db, identity.contactId, conversation.id)) ? 'returning' : 'first',
    },
    agent,
    conversation: { channel: conversation.channel, subject: conversation.subject ?? undefined },
    desk: { name: deskTitle(desk), hours: (isOpen?.(desk.name) ?? true) ? 'open' : 'closed' },
  }
  return listFieldValues(situation, language)
}

/** What this customer may be called by; none where we know no name, or were told to use none. */
export async function namesOf({ db }: Pick<DeskTools, 'db'>, { identity, conversation }: Question): Promise<string[]> {
  const calledBy = await readCalledBy(db, identity.contactId)
  if (calledBy !== undefined) return calledBy === '' ? [] : [calledBy]
  const email = channelKind(conversation.channel) === 'email' ? identity.address : undefined
  return [firstName(identity.name, email), formalName(identity.name)].filter((name) => name !== undefined)
}
