// What people write in a chat: in a thread, in a place of their own, or line by line in a channel.
import type { ConversationKey, Evidence, ExternalId, InboundDeletion, InboundEdit } from '../../src/channel.ts'
import { MINUTE } from '../../src/clock.ts'
import type { OpenTestDb } from './database.ts'
import { ADA, fakeChat, type Wrote } from './fake-channel.ts'
import { DESK, makeWorld, type WorldOptions } from './world.ts'

export const BEN = { address: 'ben', name: 'Ben' }
export const MAYA = 'U_MAYA'

const key = (name: string) => name as ConversationKey
const at = (by: Evidence['by'], name: string): Wrote => ({ evidence: [{ by, key: key(name) }], keys: [key(name)] })

export const inThread = (name = 'thread 1'): Wrote => at('thread', name)
export const inPlace = (name = 'dm'): Wrote => at('place', name)
/** A line in a channel, below which a thread of its own may begin. */
export const inChannel = (line: string, group = `channel/${ADA}`): Wrote => ({
  evidence: [],
  keys: [key(`thread of ${line}`)],
  group: key(group),
})

let told = 0

export function edit(of: string, text: string, more: Partial<InboundEdit> = {}): InboundEdit {
  told += 1
  return {
    kind: 'edit',
    of: of as ExternalId,
    externalId: `edit/${told}` as ExternalId,
    arrivedAt: 0,
    ...{ text, markdown: text, attachments: [], warnings: [] },
    ...more,
  }
}

export function deletion(of: string, arrivedAt: number): InboundDeletion {
  return { kind: 'deletion', of: of as ExternalId, externalId: `deleted/${of}` as ExternalId, arrivedAt }
}

export async function makeChat(open: OpenTestDb, options: WorldOptions = {}) {
  const channel = fakeChat()
  const world = await makeWorld(open, { ...options, channel })
  await world.db.transaction((trx) =>
    trx
      .insertInto('agent')
      .values({ id: MAYA, name: 'Maya', email: null, desk: DESK, joined_at: 0, left_at: null })
      .execute(),
  )
  return {
    ...world,
    channel,
    versions: (id: string) =>
      world.db.selectFrom('message_version').selectAll().where('message_id', '=', id).orderBy('n').execute(),
    /** A moment later, so that no two things happen at once. */
    later: () => world.clock.advance(MINUTE),
    messages: () => world.db.selectFrom('message').selectAll().orderBy('id').execute(),
  }
}
