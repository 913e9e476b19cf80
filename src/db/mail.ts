// The fourth migration: what is shown of a mail, what it is about, and the files in it.
import type { AnyDb } from './column.ts'

export async function mail(db: AnyDb): Promise<void> {
  const add = (table: string, column: string) => db.schema.alterTable(table).addColumn(column, 'text').execute()
  await add('message', 'unquoted')
  await add('message', 'topic')
  await add('attachment', 'content_id')
  await add('part', 'attachments')
}
