// A conversation that one of us begins in a chat: the answer finds it by where it was said.
import { expect, test } from 'vitest'
import type { ConversationKey, ExternalId } from '../src/channel.ts'
import { beginConversation } from '../src/first-words.ts'
import { BEN, inPlace, makeChat } from './setup/chat.ts'
import { eachDatabase } from './setup/database.ts'
import { DESK } from './setup/world.ts'

eachDatabase((open) => {
  test('E8: what we wrote first in a direct message is answered in it, however the platform tells us where that is', async () => {
    const chat = await makeChat(open)
    const { db, channel, clock } = chat
    const old = await chat.customerWrites('Is it blue?', { ...inPlace('ben'), from: BEN })
    const identity = await db.selectFrom('identity').select('id').executeTakeFirstOrThrow()
    const begun = { identityId: identity.id, channel: channel.name, desk: DESK, subject: undefined }
    const { id } = await db.transaction((trx) => beginConversation(trx, begun))
    // Begun twice and sent once it is one.
    expect((await db.transaction((trx) => beginConversation(trx, begun))).id).toBe(id)
    const messageId = await chat.agentReplies('Good news: there is a blue one.', { conversation: id })
    const opened = (await chat.facts('conversation-opened')).map(({ conversation_id, actor }) => [
      conversation_id,
      actor,
    ])
    expect(opened).toEqual([
      [old.conversation_id, null],
      [id, 'U1'],
    ])
    expect(await chat.windows(id)).toEqual([])
    const part = await db
      .selectFrom('part')
      .select('external_id')
      .where('message_id', '=', messageId)
      .executeTakeFirst()
    const externalId = part?.external_id as ExternalId
    // Seen again by its own id alone, with the place in which it stands.
    await chat.hears({ kind: 'own', externalId, arrivedAt: clock.now(), keys: ['ben' as ConversationKey] })
    const answer = await chat.customerWrites('Wonderful, I take it.', { ...inPlace('ben'), from: BEN })
    expect(answer.conversation_id).toBe(id)
    expect(await chat.openWindow(id)).toMatchObject({ started_at: answer.arrived_at, label: 'first' })
    // What is begun after that is another one.
    expect((await db.transaction((trx) => beginConversation(trx, begun))).id).not.toBe(id)
  })
})
