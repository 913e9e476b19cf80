// Looks in Discord for messages of ours whose answer was lost.
import type { Part, Progress, Sent } from '../../src/channel.ts'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { type Api, askList } from './api.ts'
import { findDestination, findFallback } from './destination.ts'
import { messageId } from './external-id.ts'
import { type Letter, openLetter } from './letter.ts'
import { listOf, type Payload, payloadOf, textOf } from './payload.ts'
import { acceptedIn, type SenderOptions } from './sender.ts'
import { snowflakeAt, snowflakeTime } from './snowflake.ts'
import { isGone, troubleOf } from './trouble.ts'

const PAGE = 100
const PAGES_MAX = 20
const CLOCKS_DIFFER_MS = MINUTE
/** By so much our clock may be ahead of Discord's where only the words tell. */
const SAME_WORDS_MS = 5 * SECOND

interface LookOptions extends SenderOptions {
  /** Our own user id. */
  self(): Promise<string>
}

/** Looks through what we have posted since the first attempt began. */
export async function findParts(options: LookOptions, parts: Part[], progress: Progress): Promise<Sent | 'absent'> {
  const missing = [...parts.entries()].filter(([index]) => !progress.accepted.has(index))
  const found = new Map(progress.accepted)
  const first = missing[0]
  const known = new Set(progress.accepted.values())
  const all = first ? await listOurs(options, openLetter(first[1].body), progress.startedAt) : []
  const ours = all.filter(({ id, channel_id: place }) => !known.has(messageId(textOf(place), textOf(id))))
  for (const [index, part] of missing) {
    const letter = openLetter(part.body)
    const at = ours.findIndex((message) => isCopyOf(message, letter, progress.startedAt))
    const [copy] = at < 0 ? [] : ours.splice(at, 1)
    if (!copy) return 'absent'
    const externalId = messageId(textOf(copy.channel_id), textOf(copy.id))
    await progress.accept(index, externalId)
    found.set(index, externalId)
  }
  return { externalIds: [...parts.keys()].flatMap((index) => found.get(index) ?? []), recipients: acceptedIn(parts) }
}

async function listOurs(options: LookOptions, letter: Letter, startedAt: number): Promise<Payload[]> {
  const { api, fallback } = options
  const attempt = { what: 'look for the answer', isRepeatable: true }
  const self = await options.self()
  const isDirect = letter.target.to === 'dm' || letter.target.to === 'user'
  const elsewhere = isDirect && fallback !== undefined ? await findFallback(api, fallback, letter) : undefined
  const places = [await findDestination(api, letter.target), ...(elsewhere === undefined ? [] : [elsewhere])]
  const found: Payload[] = []
  for (const place of places) {
    const messages = await listSince(api, place, snowflakeAt(startedAt - CLOCKS_DIFFER_MS)).catch((error: unknown) => {
      if (isGone(error)) return [] // Where there is no thread there is no answer in it.
      throw troubleOf(error, attempt)
    })
    found.push(...messages.filter(({ author }) => payloadOf(author).id === self))
  }
  return found
}

async function listSince(api: Api, channelId: string, after: string): Promise<Payload[]> {
  const found: Payload[] = []
  let from = after
  for (let page = 0; page < PAGES_MAX; page++) {
    const messages = await askList(api, `/channels/${channelId}/messages`, { after: from, limit: PAGE })
    found.push(...messages)
    if (messages.length < PAGE) break
    from = String(messages.map(({ id }) => BigInt(textOf(id))).reduce((a, b) => (a > b ? a : b)))
  }
  return found
}

/** By its nonce; where the history does not tell it, by all that a reader would see. */
function isCopyOf(message: Payload, { nonce, content, files }: Letter, startedAt: number): boolean {
  if (message.nonce !== undefined && message.nonce !== null) return message.nonce === nonce
  // "Thank you" may have been said a minute before as well.
  if (snowflakeTime(textOf(message.id)) < startedAt - SAME_WORDS_MS) return false
  return textOf(message.content).trim() === content.trim() && listOf(message.attachments).length === files.length
}
