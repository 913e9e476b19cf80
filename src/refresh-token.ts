// A refresh token that a provider gave in exchange for the operator's: it must outlive a restart, and the environment cannot be written to.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Db } from './db/open.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

export interface RefreshTokenOptions {
  /** Of the channel. */
  name: string
  /** The operator's, from the environment. */
  given: string
  signingKey: Uint8Array
}

/** As it stands in the database; without a text it was sealed for another sign-in. */
export interface Sealed {
  row: string | undefined
  text?: string
}

/**
 * Sealed with a key that is made of the token in the environment: who has the database alone has nothing, and once the
 * operator signs in anew, what came of the old sign-in can no longer be read and is forgotten.
 */
export function refreshTokens(db: Db, { name, given, signingKey }: RefreshTokenOptions) {
  const key = `refresh-token:${name}`
  const sealing = Buffer.from(hkdfSync('sha256', given, signingKey, `deskbell ${key}`, KEY_BYTES))
  const look = async (): Promise<Sealed> => {
    const row = await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst()
    const text = row && open(sealing, key, row.value)
    return { row: row?.value, ...(text !== undefined && { text }) }
  }
  return {
    look,
    read: async (): Promise<string | undefined> => (await look()).text,
    /** Of several who write after having looked at the same row, one does. Resolves to the new row, or to undefined. */
    async swap(seen: string | undefined, text: string): Promise<string | undefined> {
      return await db.transaction(async (trx) => {
        const value = seal(sealing, key, text, trx.random.bytes(NONCE_BYTES))
        const written =
          seen === undefined
            ? await trx
                .insertInto('setting')
                .values({ key, value })
                .onConflict((oc) => oc.column('key').doNothing())
                .returning('key')
                .executeTakeFirst()
            : await trx
                .updateTable('setting')
                .set({ value })
                .where('key', '=', key)
                .where('value', '=', seen)
                .returning('key')
                .executeTakeFirst()
        return written && value
      })
    },
    async write(refreshToken: string): Promise<void> {
      await db.transaction(async (trx) => {
        const value = seal(sealing, key, refreshToken, trx.random.bytes(NONCE_BYTES))
        await trx
          .insertInto('setting')
          .values({ key, value })
          .onConflict((oc) => oc.column('key').doUpdateSet({ value }))
          .execute()
      })
    },
  }
}

function seal(sealing: Buffer, about: string, text: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(CIPHER, sealing, nonce).setAAD(Buffer.from(about))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Undefined when it was sealed with another key, or changed. */
function open(sealing: Buffer, about: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  try {
    const decipher = createDecipheriv(CIPHER, sealing, nonce).setAAD(Buffer.from(about)).setAuthTag(tag)
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
