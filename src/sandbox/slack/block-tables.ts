// The blocks for tables, tasks and video: rarely used, still with limits of their own.
import { ID, plainText } from './block-objects.ts'
import type { Json } from './json.ts'
import { richText, richTextBlock } from './rich-text.ts'
import {
  anything,
  type Check,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  type Report,
  required,
  string,
  variant,
} from './shape.ts'

const ROWS_MAX = 100
const CELLS_MAX = 20
const PAGE_MAX = 100
const URL_MAX = 3000
const VIDEO_TITLE_MAX = 199
const AUTHOR_MAX = 49

const type = required(anything)
const base = { type, block_id: optional(ID) }

const cell = variant(() => ({
  raw_text: object({ type, text: required(string({ min: 1 })) }),
  raw_number: object({ type, value: required(anything), text: required(string({ min: 1 })) }),
  rich_text: richText,
}))
const rows = list(list(cell, { min: 1, max: CELLS_MAX }), { min: 1, max: ROWS_MAX })

const column = object({ align: optional(oneOf('left', 'center', 'right')), is_wrapped: optional(flag) })

const taskCard = object({
  ...base,
  task_id: required(string({ min: 1 })),
  title: required(string({ min: 1 })),
  details: optional(richTextBlock),
  output: optional(richTextBlock),
  sources: optional(
    list(object({ type, url: required(string({ max: URL_MAX })), text: required(string({ min: 1 })) })),
  ),
  status: required(oneOf('pending', 'in_progress', 'complete', 'error')),
})

export const tableShapes: Record<string, Check> = {
  table: object({ ...base, rows: required(rows), column_settings: optional(list(column, { max: CELLS_MAX })) }),
  data_table: object({
    ...base,
    rows: required(rows),
    caption: required(string({ min: 1 })),
    page_size: optional(number({ min: 1, max: PAGE_MAX })),
    row_header_column_index: optional(number({ min: 0, max: CELLS_MAX - 1 })),
  }),
  task_card: taskCard,
  plan: object({
    ...base,
    title: required(string({ min: 1 })),
    tasks: optional(list(variant(() => ({ task_card: taskCard })))),
  }),
  video: object({
    ...base,
    video_url: required(string({ min: 1, max: URL_MAX })),
    thumbnail_url: required(string({ min: 1, max: URL_MAX })),
    alt_text: required(string({ min: 1, max: 2000 })),
    title: required(plainText(VIDEO_TITLE_MAX)),
    title_url: optional(string({ max: URL_MAX })),
    author_name: optional(string({ max: AUTHOR_MAX })),
    provider_name: optional(string()),
    provider_icon_url: optional(string({ max: URL_MAX })),
    description: optional(plainText(VIDEO_TITLE_MAX)),
  }),
}

/** A container is titled one way or the other. */
export function eitherOfTitle(value: Json, at: string, report: Report): void {
  if (value.title === undefined && value.rich_text_title === undefined)
    report('missing required field: title or rich_text_title', at)
}
