// The structure of rich text: sections, lists, quotes and code, made of elements that are never parsed.
import { ID } from './block-objects.ts'
import {
  anything,
  type Check,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  required,
  string,
  variant,
} from './shape.ts'

const INDENT_MAX = 8

const style = optional(
  object({
    bold: optional(flag),
    italic: optional(flag),
    strike: optional(flag),
    code: optional(flag),
    underline: optional(flag),
    highlight: optional(flag),
    client_highlight: optional(flag),
    unlink: optional(flag),
  }),
)
const type = required(anything)
const text = string({ min: 1 })

const elements: Record<string, Check> = {
  text: object({ type, text: required(text), style }),
  link: object({ type, url: required(text), text: optional(string()), unsafe: optional(flag), style }),
  emoji: object({
    type,
    name: required(text),
    unicode: optional(text),
    url: optional(text),
    skin_tone: optional(anything),
    style,
  }),
  user: object({ type, user_id: required(text), style }),
  usergroup: object({ type, usergroup_id: required(text), style }),
  channel: object({ type, channel_id: required(text), style }),
  team: object({ type, team_id: required(text), style }),
  broadcast: object({ type, range: required(oneOf('here', 'channel', 'everyone')), style }),
  color: object({ type, value: required(text), style }),
  date: object({
    type,
    timestamp: required(number({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    format: required(text),
    url: optional(text),
    fallback: optional(text),
    style,
  }),
}

const inline = variant(() => elements)
const border = optional(oneOf(0, 1))
const section = object({ type, elements: required(list(inline)) })

const parts: Record<string, Check> = {
  rich_text_section: section,
  rich_text_quote: object({ type, elements: required(list(inline)), border }),
  rich_text_preformatted: object({
    type,
    elements: required(list(variant(() => elements, ['text', 'link']))),
    language: optional(string()),
    border,
  }),
  rich_text_list: object({
    type,
    style: required(oneOf('bullet', 'ordered')),
    elements: required(
      list(
        variant(() => ({ rich_text_section: section })),
        { min: 1 },
      ),
    ),
    indent: optional(number({ min: 0, max: INDENT_MAX })),
    offset: optional(number({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    border,
  }),
}

export const richText = object({
  type,
  block_id: optional(ID),
  elements: required(
    list(
      variant(() => parts),
      { min: 1 },
    ),
  ),
})

/** Where a value must be a rich_text block and nothing else. */
export const richTextBlock = variant(() => ({ rich_text: richText }))
