// The parts of a reply as they will leave, frozen, and which of them the platform has.
import type { Part } from './channel.ts'
import type { Reader, Trx } from './db/open.ts'

/** Frozen: what leaves at every attempt. */
export async function insertParts(trx: Trx, messageId: string, parts: readonly Part[]): Promise<void> {
  for (const [n, part] of parts.entries()) {
    await trx
      .insertInto('part')
      .values({
        message_id: messageId,
        n,
        body: part.body,
        preview: part.preview,
        subject: part.subject ?? null,
        recipients: JSON.stringify(part.recipients),
        attachments: part.attachments ? JSON.stringify(part.attachments) : null,
        keys: JSON.stringify(part.keys),
        external_id: null,
        accepted_at: null,
      })
      .execute()
  }
}

export interface StoredPart extends Part {
  n: number
  externalId: string | undefined
}

export async function listParts(db: Reader, messageId: string): Promise<StoredPart[]> {
  const rows = await db.selectFrom('part').selectAll().where('message_id', '=', messageId).orderBy('n').execute()
  return rows.map((row) => ({
    n: row.n,
    body: row.body,
    preview: row.preview,
    ...(row.subject !== null && { subject: row.subject }),
    recipients: JSON.parse(row.recipients),
    ...(row.attachments !== null && { attachments: JSON.parse(row.attachments) }),
    keys: JSON.parse(row.keys),
    externalId: row.external_id ?? undefined,
  }))
}
