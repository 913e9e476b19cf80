// The seventh migration: how a contact wants to be called, and whether a letter left as it was.
import type { AnyDb } from './column.ts'

export async function letter(db: AnyDb): Promise<void> {
  await db.schema.alterTable('contact').addColumn('called_by', 'text').execute()
  await db.schema.alterTable('draft').addColumn('letter_use', 'text').execute()
  // Whether somebody had these words before is asked at every preview, and so is what a letter was an answer to.
  await db.schema.createIndex('message_template').on('message').columns(['template', 'id']).execute()
}
