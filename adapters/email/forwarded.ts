// A mail that passes another one on, as the core hears of it.
import type { Forwarded, InboundMessage } from '../../src/channel.ts'
import { messageIdKey } from './conversation-key.ts'
import { evidenceIn } from './evidence.ts'
import type { Mailbox } from './inbound.ts'
import { isMachine } from './machine-address.ts'
import type { Mail } from './mail.ts'
import { textToMarkdown } from './markdown-escape.ts'
import { replyHandle } from './reply-handle.ts'
import { topicOf } from './subject.ts'

/** Offered only where nothing speaks against the sender: whoever may pass mail on for others must be who they say. */
export function forwardedIn(mail: Mail, sender: InboundMessage['sender'], mailbox: Mailbox): Forwarded | undefined {
  const { forward } = mail
  if (!forward || (mailbox.authServer === undefined ? sender === 'fail' : sender !== 'pass')) return undefined
  const { from, subject, text, note, messageId, references } = forward
  if (!from || mailbox.isOwn(from.address) || isMachine(from.address)) return {}
  const ids = messageId === undefined ? [] : [messageId]
  const headers = [
    ...ids.map((value) => ({ key: 'message-id', value })),
    { key: 'references', value: references.toReversed().join(' ') },
  ]
  const title = subject ?? topicOf(mail.subject ?? '')
  return {
    original: {
      from,
      subject: title,
      topic: topicOf(title),
      text,
      markdown: textToMarkdown(text),
      note,
      replyHandle: replyHandle(headers, title),
      keys: ids.map(messageIdKey),
      evidence: evidenceIn({ ...mail, answered: [...ids, ...references] }, mailbox),
    },
  }
}
