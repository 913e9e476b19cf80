// A mail as a mail program shows it, read by another library than the one the program reads with.
import PostalMime, { type Address } from 'postal-mime'

export interface ReadMail {
  from: string
  to: string
  subject: string
  text: string
  messageId: string | undefined
  attachments: { name: string; bytes: number }[]
}

export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  const mail = await PostalMime.parse(raw)
  const person = (one: Address | undefined) => (one?.name ? `${one.name} <${one.address}>` : (one?.address ?? ''))
  return {
    from: person(mail.from),
    to: (mail.to ?? []).map(person).join(', '),
    subject: mail.subject ?? '',
    text: (mail.text ?? '').trim(),
    messageId: mail.messageId,
    attachments: mail.attachments.map(({ filename, content }) => ({
      name: filename ?? 'file',
      bytes: typeof content === 'string' ? content.length : content.byteLength,
    })),
  }
}
