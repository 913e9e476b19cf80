// What somebody asked with the slash command: a form's two fields, which become the first message of a private thread.
import type { InboundMessage } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { readDiscord } from './discord-markdown.ts'
import { requestId, threadKey } from './external-id.ts'
import { listOf, type Payload, payloadOf, textOf } from './payload.ts'
import { addressOf } from './person.ts'
import type { Notes } from './raw-event.ts'
import { writeReplyHandle } from './reply-handle.ts'

export const SUBJECT_FIELD = 'subject'
export const QUESTION_FIELD = 'question'
const DEPTH_MAX = 4
const NO_NAMES = { users: new Map(), roles: new Map(), channels: new Map() }

export function readRequest(interaction: Payload, { thread, desk }: Notes, arrivedAt: number): InboundMessage {
  const { question, subject } = fieldsOf(interaction)
  const user = askerOf(interaction)
  return {
    kind: 'message',
    externalId: requestId(textOf(interaction.id)),
    arrivedAt,
    from: addressOf(user, payloadOf(interaction.member)),
    to: [],
    cc: [],
    ...(subject && { subject }),
    ...(desk && { desk }),
    ...readDiscord(question, NO_NAMES),
    evidence: [],
    keys: thread === undefined ? [] : [threadKey(thread)],
    // Without a thread the answer goes to the person directly.
    replyHandle:
      thread === undefined ? '' : writeReplyHandle({ to: 'thread', channelId: thread, userId: textOf(user.id) }),
    sender: 'pass',
    attachments: [],
    warnings: [],
  }
}

export function askerOf(interaction: Payload): Payload {
  return payloadOf(interaction.member ? payloadOf(interaction.member).user : interaction.user)
}

/** However deep Discord nests them: rows and labels each put one more level around a field. */
export function fieldsOf(interaction: Payload): { question: string; subject: string } {
  const values = new Map<string, string>()
  const walk = (components: Payload[], depth: number) => {
    for (const component of components) {
      if (typeof component.custom_id === 'string') values.set(component.custom_id, textOf(component.value))
      const inner = [...listOf(component.components), ...(component.component ? [payloadOf(component.component)] : [])]
      if (depth < DEPTH_MAX) walk(inner, depth + 1)
    }
  }
  walk(listOf(payloadOf(interaction.data).components), 0)
  return { question: values.get(QUESTION_FIELD) ?? '', subject: cleanLine(values.get(SUBJECT_FIELD) ?? '') }
}
