// response_url: a way to answer an interaction without a token, five times within half an hour.
import { isRefusal } from './answer.ts'
import { acceptBlocks } from './content.ts'
import { asFlag, asText, type Json } from './json.ts'
import { addMessage, changeMessage, deleteMessage, newTs } from './message.ts'
import { storeText } from './mrkdwn.ts'
import type { Channel } from './workspace.ts'
import type { World } from './world.ts'

const USES_MAX = 5
const LIFE_MS = 30 * 60_000

interface Place {
  channelId: string
  userId: string
  /** The message the interaction came from, if it came from one. */
  ts?: string
  threadTs?: string
  madeAt: number
  uses: number
}

export type ResponseUrls = Map<string, Place>

export function makeResponseUrl(world: World, place: Omit<Place, 'madeAt' | 'uses'>): string {
  const id = world.newId('response-')
  world.responseUrls.set(id, { ...place, madeAt: world.clock.now(), uses: 0 })
  return `${world.origin}/response/${id}`
}

/** Slack's plain-text answer to a POST: `ok`, or why not. */
export function respond(world: World, id: string, body: Json): { status: number; text: string } {
  const place = world.responseUrls.get(id)
  if (!place) return { status: 404, text: 'no_such_url' }
  if (world.clock.now() - place.madeAt > LIFE_MS) return { status: 404, text: 'expired_url' }
  if (place.uses >= USES_MAX) return { status: 404, text: 'used_url' }
  place.uses += 1
  const error = answerInto(world, place, body)
  world.changed()
  return error ? { status: 400, text: error } : { status: 200, text: 'ok' }
}

/** Says something in reply to an interaction: to the person alone unless `in_channel`. Returns Slack's error code. */
export function answerInto(world: World, place: Omit<Place, 'madeAt' | 'uses'>, body: Json): string | undefined {
  const channel = world.workspace.channels.get(place.channelId)
  if (!channel) return 'channel_not_found'
  if (asFlag(body.delete_original)) return takeBack(world, channel, place)
  const blocks = acceptBlocks(world, body.blocks)
  if (isRefusal(blocks)) return blocks.error
  const text = storeText(asText(body.text) ?? '')
  if (!text && !blocks?.length) return 'no_text'
  const content = { text, ...(blocks?.length && { blocks }) }
  if (asFlag(body.replace_original) && place.ts) return replace(world, channel, place.ts, content)
  const threadTs = asText(body.thread_ts) ?? place.threadTs
  const thread = threadTs && { threadTs }
  if (body.response_type === 'in_channel') {
    addMessage(world, channel, { ...content, ...thread, botId: world.app.botId, user: world.app.botUserId })
  } else {
    world.workspace.ephemerals.push({
      ...content,
      ...thread,
      ts: newTs(world),
      channel: channel.id,
      user: place.userId,
    })
  }
  return undefined
}

function replace(
  world: World,
  channel: Channel,
  ts: string,
  content: { text: string; blocks?: Json[] },
): string | undefined {
  const message = world.workspace.message(channel.id, ts)
  const shown = message ?? world.workspace.ephemerals.find((ephemeral) => ephemeral.ts === ts)
  if (!shown) return 'message_not_found'
  const write = () => {
    delete shown.blocks
    Object.assign(shown, content)
  }
  if (message) changeMessage(world, channel, message, write)
  else write()
  return undefined
}

function takeBack(world: World, channel: Channel, { ts }: { ts?: string }): string | undefined {
  const message = ts && world.workspace.message(channel.id, ts)
  if (message) deleteMessage(world, channel, message)
  else world.workspace.ephemerals = world.workspace.ephemerals.filter((ephemeral) => ephemeral.ts !== ts)
  return undefined
}
