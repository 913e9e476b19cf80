// After a lost answer: looking in the thread, or in the direct message, for what may have been posted.
import type { WebClient } from '@slack/web-api'
import { type ExternalId, type Part, SendError } from '../../src/channel.ts'
import { MINUTE } from '../../src/clock.ts'
import { type Fields, fieldsOf, listOf, textOf } from '../../src/slack/field.ts'
import { codeOf } from '../../src/slack/trouble.ts'
import { externalIdOf, fileIdOf } from './conversation-key.ts'
import { EVENT_TYPE, readPart } from './outbound.ts'
import { roomOf } from './post.ts'
import { sendErrorOf } from './send-error.ts'

/** Items of one page: what apps of every kind are allowed to ask for. */
const PAGE = 15
const PAGES_MAX = 40
const MARGIN_MS = MINUTE
const LOOKS_MAX = 200

export interface Finder {
  /**
   * The parts that are there, by index. `unknown` when there is too much to look through. Throws `SendError` when Slack wants us to
   * wait; the next call then goes on where this one stopped.
   */
  find(parts: readonly Part[], startedAt: number): Promise<ReadonlyMap<number, ExternalId> | 'unknown'>
}

interface Look {
  channel: string
  cursor: string | undefined
  pages: number
  ours: Fields[]
}

export function makeFinder(client: WebClient): Finder {
  // With one request a minute a look of several pages takes as many calls; it must not begin again each time.
  const begun = new Map<string, Look>()
  return {
    async find(parts, startedAt) {
      const first = parts[0] && readPart(parts[0])
      if (!first) return new Map()
      try {
        const look = begun.get(first.oid) ?? {
          ...{ channel: await roomOf(client, first.channel), cursor: undefined, pages: 0, ours: [] },
        }
        if (begun.size >= LOOKS_MAX) begun.clear()
        begun.set(first.oid, look)
        const isWhole = await readOn(client, look, first.threadTs, startedAt)
        begun.delete(first.oid)
        return isWhole ? match(parts, look) : 'unknown'
      } catch (error) {
        // Where the thread is gone, nothing of ours is in it.
        if (codeOf(error) === 'thread_not_found') return new Map()
        const trouble = sendErrorOf(error, 'look whether the reply is there')
        if (trouble.failure.kind !== 'uncertain') throw trouble
        throw new SendError({ kind: 'temporary' }, trouble.message, { cause: trouble.cause })
      }
    },
  }
}

async function readOn(
  client: WebClient,
  look: Look,
  threadTs: string | undefined,
  startedAt: number,
): Promise<boolean> {
  const oldest = Math.max(0, (startedAt - MARGIN_MS) / 1000).toFixed(6)
  while (look.pages < PAGES_MAX) {
    const at = {
      ...{ channel: look.channel, oldest, limit: PAGE, include_all_metadata: true },
      ...(look.cursor !== undefined && { cursor: look.cursor }),
    }
    const page = await (threadTs === undefined
      ? client.conversations.history(at)
      : client.conversations.replies({ ...at, ts: threadTs }))
    look.ours.push(...listOf(page.messages).filter(({ bot_id }) => bot_id !== undefined))
    look.pages += 1
    look.cursor = textOf(page.response_metadata?.next_cursor) || undefined
    if (look.cursor === undefined) return true
  }
  return false
}

function match(parts: readonly Part[], { channel, ours }: Look): Map<number, ExternalId> {
  const found = new Map<number, ExternalId>()
  const shared = ours.flatMap(({ files }) => listOf(files))
  for (const [index, part] of parts.entries()) {
    const { oid, n, file } = readPart(part)
    if (file) {
      // Slack lets no mark be put on a file: its name and length are what it is known by, each of them once.
      const at = shared.findIndex((each) => each.name === file.name && each.size === file.bytes)
      const [same] = at < 0 ? [] : shared.splice(at, 1)
      if (same) found.set(index, fileIdOf(textOf(same.id) ?? ''))
      continue
    }
    const post = ours.find(({ metadata }) => isMarked(fieldsOf(metadata), oid, n))
    if (post) found.set(index, externalIdOf(channel, textOf(post.ts) ?? ''))
  }
  return found
}

function isMarked(metadata: Fields, oid: string, n: number): boolean {
  const payload = fieldsOf(metadata.event_payload)
  return metadata.event_type === EVENT_TYPE && payload.oid === oid && payload.n === n
}
