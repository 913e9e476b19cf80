// What is said of a customer's message once it is known where it belongs: what only the store can tell of it, and the facts.
import type { InboundMessage } from './channel.ts'
import type { Conversation } from './conversation.ts'
import type { Found } from './evidence.ts'
import type { Fact, FactData, Led } from './fact.ts'
import type { Message } from './message.ts'

const TWIN =
  'Another mail with the same Message-ID says something else; the two are kept apart. One of them may be forged.'

/** What only the store can tell of it: whether an answer that was sent like bulk mail is a person's, and whether it is no copy. */
export function judged(event: InboundMessage, { by, via, hasTwin }: Found): InboundMessage {
  const answersUs = via === undefined && (by === 'token' || by === 'signed-id')
  const { automated, acknowledgeable, ...rest } = event
  // No machine answers it all the same: behind it may be a list.
  const said = event.onlyBulk && answersUs ? rest : event
  return hasTwin ? { ...said, warnings: [...said.warnings, TWIN] } : said
}

export function factsOf(
  conversation: Conversation,
  message: Message,
  event: InboundMessage,
  found: Found & { isHeld: boolean },
  forwarder?: { agentId: string },
): Fact[] {
  const { by, rank, via, related, passed, isHeld } = found
  const about = { conversationId: conversation.id, messageId: message.id }
  const led: Led = {
    ...(by !== undefined && { by }),
    ...(rank !== undefined && { rank }),
    ...(via !== undefined && { via }),
    ...(passed.length > 0 && { passed }),
  }
  const data: FactData['message-received'] = {
    seq: message.seq,
    arrivedAt: message.arrived_at,
    counts: event.automated === undefined && event.bystander === undefined && !isHeld,
    ...(isHeld && { blocked: true as const }),
    ...(event.bystander && { bystander: event.bystander }),
    ...(event.imported && { imported: event.imported }),
    ...(forwarder && { forwardedBy: forwarder.agentId }),
    ...led,
  }
  const received: Fact = { kind: 'message-received', ...about, data }
  if (found.conversation) return [received]
  const opened: FactData['conversation-opened'] = related
    ? { relatedTo: related.to, ...(related.by && { relatedBy: related.by }), because: related.because }
    : {}
  return [{ kind: 'conversation-opened', conversationId: conversation.id, data: opened }, received]
}
