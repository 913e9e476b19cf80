// A mail as the customer's program tells it apart from others: by its Message-ID.
import { firstHeader, readHeaders, splitMail } from '../../../adapters/email/header.ts'

export function simpleMail(raw: Uint8Array): { identity: string; text: string } {
  const { head, body } = splitMail(raw)
  return { identity: firstHeader(readHeaders(head), 'message-id') ?? '', text: Buffer.from(body).toString() }
}
