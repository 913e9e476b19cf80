// The fourteenth migration: what a person's other cards have been told of a conversation, and in whose threads a file stands.
import { sql } from 'kysely'
import { type AnyDb, required } from './column.ts'

export async function story(db: AnyDb): Promise<void> {
  await db.schema.alterTable('conversation').addColumn('story_told', 'text').execute()
  await sql`create index conversation_merged on conversation (merged_into) where merged_into is not null`.execute(db)
  await db.schema
    .createTable('desk_file_place')
    .addColumn('message_id', 'text', (c) => c.notNull().references('message.id'))
    .addColumn('what', 'text', required)
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversation.id'))
    .addColumn('channel', 'text', required)
    .addColumn('file_id', 'text')
    .addColumn('shared_at', 'bigint', required)
    .addPrimaryKeyConstraint('desk_file_place_pk', ['message_id', 'what', 'conversation_id', 'channel'])
    .execute()
  // Where a file stands now is where its message's conversation has its card.
  await sql`insert into desk_file_place (message_id, what, conversation_id, channel, file_id, shared_at)
    select desk_file.message_id, desk_file.what, conversation.id, conversation.card_channel, desk_file.file_id, desk_file.shared_at
    from desk_file inner join message on message.id = desk_file.message_id
    inner join conversation on conversation.id = message.conversation_id
    where desk_file.shared_at is not null and conversation.card_channel is not null`.execute(db)
}
