// The fourteenth migration: what a person's other cards have been told of a conversation.
import type { AnyDb } from './column.ts'

export async function story(db: AnyDb): Promise<void> {
  await db.schema.alterTable('conversation').addColumn('story_told', 'text').execute()
}
