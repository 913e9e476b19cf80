// What a person's other cards tell of a conversation. They are asked for anew when that is something else, which no single message is:
// the card itself says so, once it stands, so that however much happens at once they follow no faster than it does.

import { getIdentity } from '../contact.ts'
import { deskRate, refreshCardsLater } from '../conversation.ts'
import type { Trx } from '../db/open.ts'
import { owesMoreThan } from '../outbox.ts'
import { listSamePerson } from '../same-person.ts'
import type { CardView } from './view.ts'

const CARDS_MAX = 10
/** In a flood they would be owed for hours. What is beyond is told when something happens to the card itself. */
const OWED_MAX = 50

/** Undefined when they tell it already. Ids only. */
export function newStoryOf(view: CardView, now: number): string | undefined {
  const { desk, state, ownerId = null, related, followUps = [] } = view
  const promises = followUps
    .filter(({ kind }) => kind === 'promise')
    .map(({ id, due_at }) => [id, due_at, due_at <= now ? 'broken' : 'open'])
  const story = JSON.stringify([desk, state, ownerId, related?.isJoined ?? false, promises])
  return story === view.storyTold ? undefined : story
}

/** Those that are open, the newest; a closed one tells it when something happens to it. */
export async function tellStory(trx: Trx, conversationId: string, story: string): Promise<void> {
  const before = await trx
    .selectFrom('conversation')
    .select(['story_told', 'identity_id'])
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow()
  await trx.updateTable('conversation').set({ story_told: story }).where('id', '=', conversationId).execute()
  if (await owesMoreThan(trx, deskRate.updateLater, OWED_MAX)) return
  const { contactId } = await getIdentity(trx, before.identity_id)
  const others = await trx
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .selectAll('conversation')
    .where('identity.contact_id', 'in', await listSamePerson(trx, contactId))
    .where('conversation.id', '<>', conversationId)
    .where('conversation.desk', 'in', [...new Set([deskIn(story), deskIn(before.story_told ?? story)])])
    .where('conversation.state', '<>', 'closed')
    .where('conversation.card_ts', 'is not', null)
    .orderBy('conversation.id', 'desc')
    .limit(CARDS_MAX)
    .execute()
  await refreshCardsLater(trx, others)
}

const deskIn = (story: string) => (JSON.parse(story) as [string])[0]
