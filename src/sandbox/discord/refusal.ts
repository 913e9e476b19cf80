// How Discord says no: a status, a code and a sentence, and for a bad form every field's fault in its place.
import type { Json } from '../slack/json.ts'

const REFUSALS: Record<number, readonly [status: number, message: string]> = {
  0: [401, '401: Unauthorized'],
  10002: [404, 'Unknown Application'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10011: [404, 'Unknown Role'],
  10013: [404, 'Unknown User'],
  10014: [400, 'Unknown Emoji'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  10063: [404, 'Unknown application command'],
  20009: [400, 'Explicit content cannot be sent to the desired recipient(s)'],
  20012: [403, 'You are not authorized to perform this action on this application'],
  20016: [429, 'This action cannot be performed due to slowmode rate limit'],
  30003: [400, 'Maximum number of pins reached for the channel (250)'],
  30010: [400, 'Maximum number of reactions reached (20)'],
  30034: [400, 'Maximum number of daily application command creates has been reached (200)'],
  30046: [429, 'Maximum number of edits to messages older than 1 hour reached. Try again later'],
  40001: [401, 'Unauthorized'],
  40003: [403, 'You are opening direct messages too fast'],
  40005: [413, 'Request entity too large'],
  40058: [400, 'Cannot message this thread until after the post author has sent an initial message'],
  40060: [400, 'Interaction has already been acknowledged.'],
  40062: [429, 'Service resource is being rate limited.'],
  40067: [400, 'A tag is required to create a forum post in this channel'],
  50001: [403, 'Missing Access'],
  50003: [403, 'Cannot execute action on a DM channel'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50016: [400, 'You can only bulk delete between 2 and 100 messages'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50033: [400, 'Invalid Recipient(s)'],
  50034: [400, 'You can only bulk delete messages that are under 14 days old.'],
  50035: [400, 'Invalid Form Body'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  50278: [403, 'Cannot send messages to this user due to having no mutual guilds'],
  160002: [400, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [400, 'Thread is locked'],
  160006: [400, 'Maximum number of active threads reached'],
  240000: [400, 'Message blocked by harmful links filter'],
}

export interface Refusal {
  status: number
  code: number
  message: string
  errors?: Json
}

export interface FieldFault {
  /** `embeds.0.title`; empty for the form itself. */
  path: string
  code: string
  message: string
}

/** Thrown, so that a rule found deep in a message ends the call where it stands; the door catches it. */
export function refuse(code: number, status?: number): never {
  throw carry(refusalOf(code, status))
}

export function refuseForm(faults: readonly FieldFault[]): never {
  throw carry({ ...refusalOf(50035), errors: nest(faults) })
}

export function refuseField(path: string, code: string, message: string): never {
  return refuseForm([{ path, code, message }])
}

/** A path no route answers. */
export function refuseRoute(status: 404 | 405): never {
  throw carry({ status, code: 0, message: status === 404 ? '404: Not Found' : '405: Method Not Allowed' })
}

export function refusalOf(code: number, status?: number): Refusal {
  const known = REFUSALS[code]
  if (!known) throw new Error(`discord stand-in: no refusal ${code}; add it to refusal.ts`)
  return { status: status ?? known[0], code, message: known[1] }
}

/** The refusal a thrown thing carries, or undefined for our own mistakes. */
export function refusalIn(thrown: unknown): Refusal | undefined {
  return thrown instanceof Error && 'refusal' in thrown ? (thrown.refusal as Refusal) : undefined
}

function carry(refusal: Refusal): Error {
  return Object.assign(new Error(refusal.message), { refusal })
}

/** `{ embeds: { 0: { title: { _errors: [...] } } } }` */
function nest(faults: readonly FieldFault[]): Json {
  const errors: Json = {}
  for (const { path, code, message } of faults) {
    let place = errors
    for (const step of path.split('.').filter(Boolean)) {
      place[step] ??= {}
      place = place[step] as Json
    }
    place._errors = [...((place._errors as unknown[]) ?? []), { code, message }]
  }
  return errors
}
