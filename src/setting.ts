// The few things the program must remember about itself.
import type { Db } from './db/open.ts'

const KEY_BYTES = 32

/** The configured secret, or one made at the first start and kept. Changing it makes old Message-IDs unknown. */
export async function getSigningKey(db: Db, configured: string | undefined): Promise<Uint8Array> {
  if (configured !== undefined) return Buffer.from(configured)
  const kept = await db.transaction(async (trx) => {
    const value = Buffer.from(trx.random.bytes(KEY_BYTES)).toString('hex')
    await trx
      .insertInto('setting')
      .values({ key: 'signing-key', value })
      .onConflict((oc) => oc.column('key').doNothing())
      .execute()
    return await trx.selectFrom('setting').select('value').where('key', '=', 'signing-key').executeTakeFirstOrThrow()
  })
  return Buffer.from(kept.value, 'hex')
}
