// What somebody is called: the server's nickname, else the name they show, else the one they sign in with.
import type { Address } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'

export function nameOf(user: Payload, member: Payload = {}): string {
  return cleanLine(textOf(member.nick) || textOf(user.global_name) || textOf(user.username))
}

export function addressOf(user: Payload, member?: Payload): Address {
  const name = nameOf(user, member)
  return { address: textOf(user.id), ...(name && { name }) }
}

/** Of those a message mentions, by id. */
export function namesIn(message: Payload): Map<string, string> {
  const mentions = Array.isArray(message.mentions) ? message.mentions.map(payloadOf) : []
  return new Map(mentions.map((user) => [textOf(user.id), nameOf(user, payloadOf(user.member))]))
}
