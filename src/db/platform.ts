// The twelfth migration: what has become of a desk's channel since somebody wrote its id into the configuration.
import { type AnyDb, primary, required } from './column.ts'

export async function platform(db: AnyDb): Promise<void> {
  await db.schema
    .createTable('desk_channel')
    .addColumn('desk', 'text', primary)
    .addColumn('configured', 'text', required)
    .addColumn('channel', 'text', required)
    .addColumn('shut', 'text')
    .addColumn('since', 'bigint', required)
    .execute()
}
