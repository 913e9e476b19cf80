// The rules for a whole view: title and buttons of a modal, sizes, and blocks that fit where it is shown.
import { plainText } from './block-objects.ts'
import { checkBlocks } from './blocks.ts'
import { type Json, jsonList } from './json.ts'
import { anything, flag, object, objections, optional, required, string } from './shape.ts'

const VIEW_BYTES_MAX = 250 * 1024
const TITLE_MAX = 24
const ID_MAX = 255
const PRIVATE_METADATA_MAX = 3000

const common = {
  type: required(anything),
  blocks: required(anything),
  private_metadata: optional(string({ max: PRIVATE_METADATA_MAX })),
  callback_id: optional(string({ max: ID_MAX })),
  external_id: optional(string({ max: ID_MAX })),
}

const home = object(common)

const modal = object(
  {
    ...common,
    title: required(plainText(TITLE_MAX)),
    submit: optional(plainText(TITLE_MAX)),
    close: optional(plainText(TITLE_MAX)),
    clear_on_close: optional(flag),
    notify_on_close: optional(flag),
  },
  (view, at, report) => {
    const hasInput = jsonList(view.blocks).some(({ type }) => type === 'input')
    if (hasInput && view.submit === undefined) report('missing required field: submit', at)
  },
)

/** Slack's objections to a view, empty when it may be shown. */
export function checkView(view: Json, type: 'modal' | 'home'): string[] {
  if (view.type !== type) return [`view type must be ${type} [json-pointer:/view/type]`]
  return [
    ...objections(type === 'modal' ? modal : home, view, '/view'),
    ...(view.blocks === undefined ? [] : checkBlocks(view.blocks, type, '/view/blocks')),
  ]
}

export function isTooLarge(view: Json): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES_MAX
}
