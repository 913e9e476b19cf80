// Reading back: conversations.history from the newest, conversations.replies from the root, cut as Slack cuts them.
import { type Answer, isRefusal, type Methods, refuse } from './answer.ts'
import { visibleChannel } from './conversations.ts'
import { asFlag, asNumber, asText, type Json } from './json.ts'
import { messageWire } from './message.ts'
import type { Message } from './workspace.ts'
import type { World } from './world.ts'

const HISTORY_DEFAULT = 100
const REPLIES_DEFAULT = 1000
const ITEMS_MAX = 999
const RESTRICTED_ITEMS_MAX = 15

interface Range {
  limit: number
  holds(message: Message): boolean
  /** The ts the page before ended with. */
  after: string | undefined
}

function readRange(world: World, args: Json, defaultLimit: number): Range | string {
  const oldest = args.oldest === undefined ? 0 : asNumber(args.oldest)
  const latest = args.latest === undefined ? Number.POSITIVE_INFINITY : asNumber(args.latest)
  if (oldest === undefined) return 'invalid_ts_oldest'
  if (latest === undefined) return 'invalid_ts_latest'
  const cursor = asText(args.cursor)
  const after = cursor ? /^ts:([\d.]+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] : undefined
  if (cursor && !after) return 'invalid_cursor'
  const max = world.settings.history === 'restricted' ? RESTRICTED_ITEMS_MAX : ITEMS_MAX
  const limit = asNumber(args.limit) || Math.min(defaultLimit, max)
  if (limit < 0) return 'invalid_limit'
  const isInclusive = asFlag(args.inclusive)
  const holds = ({ ts }: Message) => {
    const at = Number(ts)
    return (at > oldest && at < latest) || (isInclusive && (at === oldest || at === latest))
  }
  return { limit: Math.min(limit, max), holds, after }
}

function history(world: World, args: Json): Answer {
  const channel = visibleChannel(world, args.channel, 'history')
  if (isRefusal(channel)) return channel
  if (!channel.members.has(world.app.botUserId)) return refuse('not_in_channel')
  const range = readRange(world, args, HISTORY_DEFAULT)
  if (typeof range === 'string') return refuse(range)
  const found = world.workspace.messages(channel.id).filter(range.holds).reverse()
  const rest = found.filter(({ ts }) => !range.after || Number(ts) < Number(range.after))
  return { ...answer(world, args, rest, range.limit), pin_count: 0, channel_actions_ts: null }
}

function replies(world: World, args: Json): Answer {
  const channel = visibleChannel(world, args.channel, 'history')
  if (isRefusal(channel)) return channel
  const range = readRange(world, args, REPLIES_DEFAULT)
  if (typeof range === 'string') return refuse(range)
  const asked = world.workspace.message(channel.id, asText(args.ts) ?? '')
  if (!asked) return refuse('thread_not_found')
  // Asked by the ts of a reply, Slack returns that reply alone.
  const isReply = asked.threadTs !== undefined && asked.threadTs !== asked.ts
  const thread = isReply ? [asked] : world.workspace.thread(channel.id, asked.ts)
  const [root, ...others] = thread
  const rest = others.filter(
    (message) => range.holds(message) && (!range.after || Number(message.ts) > Number(range.after)),
  )
  // The root heads the first page whatever the range.
  return answer(world, args, root && !range.after ? [root, ...rest] : rest, range.limit)
}

function answer(world: World, args: Json, messages: Message[], limit: number): Answer {
  const shown = messages.slice(0, limit)
  const last = shown.at(-1)
  const more = last !== undefined && messages.length > shown.length
  const cursor = more && { response_metadata: { next_cursor: Buffer.from(`ts:${last.ts}`).toString('base64') } }
  const metadata = asFlag(args.include_all_metadata)
  return {
    ok: true,
    messages: shown.map((message) => messageWire(world, message, { metadata })),
    has_more: more,
    ...cursor,
  }
}

export const historyMethods: Methods = {
  'conversations.history': { tier: 3, token: 'bot', required: ['channel'], run: history },
  'conversations.replies': { tier: 3, token: 'bot', required: ['channel', 'ts'], run: replies },
}
