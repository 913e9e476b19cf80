// The third migration: what our machine has sent lately, so that it cannot send too much.
import { type AnyDb, primary, required } from './column.ts'

export async function acknowledgement(db: AnyDb): Promise<void> {
  const create = (name: string) => db.schema.createTable(name)
  await create('acknowledgement')
    .addColumn('identity_id', 'text', primary)
    .addColumn('at', 'bigint', required)
    .execute()
  await create('automated_send')
    .addColumn('id', 'text', primary)
    .addColumn('identity_id', 'text', required)
    .addColumn('at', 'bigint', required)
    .execute()
  await db.schema.createIndex('automated_send_at').on('automated_send').columns(['at', 'identity_id']).execute()
  await create('fuse').addColumn('name', 'text', primary).addColumn('blown_at', 'bigint').execute()
  await db.insertInto('fuse').values({ name: 'automation', blown_at: null }).execute()
}
