// The fields a letter may use: what each means, whether it may be empty, and where its value comes from.
import { channelKind } from '../channel.ts'
import { greet } from './greeting.ts'
import { firstName } from './name.ts'

export interface Field {
  /** Shown to whoever writes letters. */
  means: string
  /** Then a letter needs a fallback for it. */
  mayBeEmpty: boolean
  /** Longer values are cut, with an ellipsis. */
  lengthMax: number
  /** All it can ever be: a comparison with anything else is a mistake. */
  values?: readonly string[]
}

/** By name; every field has a group and a name in it. */
export type Fields = Readonly<Record<string, Field>>

const CHANNELS = ['email', 'discord', 'slack'] as const
const HOURS = ['open', 'closed'] as const
const HISTORIES = ['first', 'returning'] as const

export const FIELDS = {
  'contact.greeting': { means: 'hello, by name where we are sure of it', mayBeEmpty: false, lengthMax: 120 },
  'contact.name': { means: 'the name the customer writes under', mayBeEmpty: true, lengthMax: 80 },
  'contact.first_name': { means: 'the first name, where we are sure of it', mayBeEmpty: true, lengthMax: 40 },
  'contact.email': { means: 'the mail address; empty in chats', mayBeEmpty: true, lengthMax: 254 },
  'contact.tier': { means: 'how much was promised to this customer', mayBeEmpty: true, lengthMax: 40 },
  'contact.history': { means: 'first or returning', mayBeEmpty: false, lengthMax: 20, values: HISTORIES },
  'agent.name': { means: 'the name of the agent who answers', mayBeEmpty: false, lengthMax: 80 },
  'agent.first_name': { means: 'the first name of the agent who answers', mayBeEmpty: false, lengthMax: 40 },
  'conversation.subject': { means: 'the subject, without "Re:"; empty in chats', mayBeEmpty: true, lengthMax: 120 },
  'conversation.channel': { means: 'email, discord or slack', mayBeEmpty: false, lengthMax: 20, values: CHANNELS },
  'desk.name': { means: 'the name of the desk', mayBeEmpty: false, lengthMax: 80 },
  'desk.hours': { means: 'open or closed, at this moment', mayBeEmpty: false, lengthMax: 20, values: HOURS },
} as const satisfies Fields

export type FieldName = keyof typeof FIELDS

/** Raw values, as they came from outside; `undefined` and blank both mean that there is none. */
export type FieldValues = Partial<Record<FieldName, string | undefined>>

/** What is known when an agent opens the composer. */
export interface LetterSituation {
  contact: {
    name?: string | undefined
    address: string
    /** What an agent said they are to be called: '' is by no name at all. */
    calledBy?: string | undefined
    tier?: string | undefined
    history?: (typeof HISTORIES)[number] | undefined
  }
  agent: { name: string }
  /** The channel by its name, `email:support`. */
  conversation: { channel: string; subject?: string | undefined }
  desk: { name: string; hours?: (typeof HOURS)[number] | undefined }
}

/** For a letter in this language. */
export function listFieldValues({ contact, agent, conversation, desk }: LetterSituation, language = 'en'): FieldValues {
  const channel = channelKind(conversation.channel)
  const email = channel === 'email' ? contact.address : undefined
  return {
    'contact.greeting': greet(language, { name: contact.name, address: email, calledBy: contact.calledBy }),
    'contact.name': contact.name,
    'contact.first_name': contact.calledBy ?? firstName(contact.name, email),
    'contact.email': email,
    'contact.tier': contact.tier,
    'contact.history': contact.history ?? 'first',
    'agent.name': agent.name,
    // An agent is a person with a profile we know: a single word or initials are what they chose to be called.
    'agent.first_name': firstName(agent.name) ?? agent.name,
    'conversation.subject': conversation.subject?.replace(REPLY_PREFIX, ''),
    'conversation.channel': channel,
    'desk.name': desk.name,
    'desk.hours': desk.hours ?? 'open',
  }
}

/** `Re: AW: Fwd: ` and the like, at most a handful. */
const REPLY_PREFIX = /^(?:\s*(?:re|aw|fwd?|wg|sv|tr|rv|antw)(?:\[\d{1,3}\])?\s*:\s*){1,10}/i
