// The rules for what a message may contain, in the order Slack objects: text, blocks, attachments, metadata.
import { isRefusal, type Refusal, refuse, refuseBecause } from './answer.ts'
import { assignIds, checkBlocks } from './blocks.ts'
import { asText, charactersIn, isJson, type Json, jsonList } from './json.ts'
import { storeText } from './mrkdwn.ts'
import type { World } from './world.ts'

export const TEXT_MAX = 40_000
const UPDATE_TEXT_MAX = 4000
/**
 * Slack counts the blocks' characters together, containers included, and stops at about 13,200; undocumented, found
 * by those who ran into it (slackapi/bolt-js issues 2509 and 2867).
 */
const BLOCK_CHARACTERS_MAX = 13_200
const MARKDOWN_MAX = 12_000
const ATTACHMENTS_MAX = 100
const METADATA_BYTES_MAX = 8000

export interface Content {
  text: string
  blocks?: Json[]
  attachments?: Json[]
  /** Absent: not mentioned; null: to be removed. */
  metadata?: Json | null
}

export function readContent(world: World, args: Json, call: 'post' | 'update' | 'ephemeral'): Content | Refusal {
  const text = readText(args, call)
  if (typeof text !== 'string') return text
  const blocks = acceptBlocks(world, args.blocks)
  if (isRefusal(blocks)) return blocks
  const attachments = args.attachments === undefined ? undefined : jsonList(args.attachments)
  if (attachments && attachments.length > ATTACHMENTS_MAX) return refuse('too_many_attachments')
  if (!text && !blocks?.length && !attachments?.length) return refuse('no_text')
  const metadata = call === 'ephemeral' ? undefined : readMetadata(args.metadata)
  if (isRefusal(metadata)) return metadata
  return {
    text,
    ...(blocks?.length && { blocks }),
    ...(attachments?.length && { attachments }),
    ...(metadata !== undefined && { metadata }),
  }
}

function readText(args: Json, call: 'post' | 'update' | 'ephemeral'): string | Refusal {
  const markdown = asText(args.markdown_text)
  if (markdown !== undefined) {
    if (args.text !== undefined || args.blocks !== undefined) return refuse('markdown_text_conflict')
    return markdown.length > MARKDOWN_MAX ? refuse('msg_too_long') : storeText(markdown)
  }
  const text = asText(args.text) ?? ''
  if (call === 'update' && text.length > UPDATE_TEXT_MAX) return refuse('msg_too_long')
  if (call === 'ephemeral' && text.length > TEXT_MAX) return refuse('msg_too_long')
  // chat.postMessage cuts what is too long without a word of complaint.
  return storeText(text.slice(0, TEXT_MAX))
}

export function acceptBlocks(world: World, value: unknown): Json[] | undefined | Refusal {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every(isJson)) return refuse('invalid_blocks_format')
  const errors = checkBlocks(value, 'message', '/blocks')
  if (errors.length > 0) return refuseBecause('invalid_blocks', errors, { errors })
  if (charactersIn(value) > BLOCK_CHARACTERS_MAX) return refuse('msg_blocks_too_long')
  return assignIds(world, value)
}

function readMetadata(value: unknown): Json | null | undefined | Refusal {
  if (value === undefined || value === null) return undefined
  if (!isJson(value)) return refuse('invalid_metadata_format')
  if (Object.keys(value).length === 0) return null
  if (typeof value.event_type !== 'string' || !isJson(value.event_payload)) return refuse('invalid_metadata_format')
  if (JSON.stringify(value).length > METADATA_BYTES_MAX) return refuse('metadata_too_large')
  return value
}

/** A name and icon of the app's choosing, if it has the scope; without it Slack ignores them. */
export function readCostume(world: World, args: Json): { username: string; icons: Json } | undefined {
  if (!world.grant.scopes.has('chat:write.customize')) return undefined
  const username = asText(args.username)
  const emoji = asText(args.icon_emoji)
  const image = asText(args.icon_url)
  if (!username && !emoji && !image) return undefined
  return {
    username: username ?? world.app.botName,
    icons: { ...(emoji && { emoji }), ...(image && { image_64: image }) },
  }
}

/** Rich text an app posted cannot be replaced by anything else. */
export function isMismatch(before: Json[] | undefined, after: Json[] | undefined): boolean {
  const isRich = (blocks: Json[] | undefined) => blocks?.some(({ type }) => type === 'rich_text') ?? false
  const onlyRich = before?.length ? before.every(({ type }) => type === 'rich_text') : false
  return onlyRich && !isRich(after)
}
