// Bytes named by their own SHA-256, in the database, so that one backup and one erase cover everything.
import { createHash } from 'node:crypto'
import type { Reader, Trx } from './db/open.ts'

const CHUNK_BYTES = 256 * 1024

export function blobId(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Returns the id of each, in order. Bytes that are there already are not written again. */
export async function keepBlobs(trx: Trx, all: Uint8Array[]): Promise<string[]> {
  if (all.length === 0) return []
  const ids = all.map(blobId)
  const created = await trx
    .insertInto('blob')
    .values(distinct(ids, all).map(({ id, bytes }) => ({ id, bytes: bytes.byteLength, created_at: trx.now() })))
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .execute()
  const fresh = new Set(created.map((row) => row.id))
  for (const { id, bytes } of distinct(ids, all)) if (fresh.has(id)) await writeChunks(trx, id, bytes)
  return ids
}

function distinct(ids: string[], all: Uint8Array[]): { id: string; bytes: Uint8Array }[] {
  const byId = new Map<string, Uint8Array>()
  for (const [index, bytes] of all.entries()) byId.set(ids[index] ?? '', bytes)
  return [...byId].map(([id, bytes]) => ({ id, bytes }))
}

async function writeChunks(trx: Trx, id: string, bytes: Uint8Array): Promise<void> {
  for (let n = 0; n * CHUNK_BYTES < bytes.byteLength; n++) {
    const data = bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES)
    await trx.insertInto('blob_chunk').values({ blob_id: id, n, data }).execute()
  }
}

/** Throws when there is no such blob. */
export async function getBlob(db: Reader, id: string): Promise<Uint8Array> {
  const chunks = await db.selectFrom('blob_chunk').select('data').where('blob_id', '=', id).orderBy('n').execute()
  if (chunks.length === 0 && id !== blobId(new Uint8Array())) throw new Error(`blob ${id} is gone`)
  const [only] = chunks
  return only && chunks.length === 1 ? only.data : Buffer.concat(chunks.map((chunk) => chunk.data))
}

/** At most the first 256 KB of it. Undefined when there is no such blob. */
export async function findBlobStart(db: Reader, id: string): Promise<Uint8Array | undefined> {
  const chunk = await db
    .selectFrom('blob_chunk')
    .select('data')
    .where('blob_id', '=', id)
    .where('n', '=', 0)
    .executeTakeFirst()
  return chunk?.data
}
