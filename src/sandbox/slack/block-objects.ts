// Block Kit's composition objects: text, options, confirmation dialogs, and the limits that go with them.
import { isJson, type Json } from './json.ts'
import {
  anything,
  type Check,
  flag,
  list,
  object,
  oneOf,
  optional,
  type Report,
  required,
  string,
  variant,
} from './shape.ts'

export const ID = string({ min: 1, max: 255 })
export const TEXT_MAX = 3000
export const PLACEHOLDER_MAX = 150
const OPTION_TEXT_MAX = 75
const OPTION_VALUE_MAX = 75
const OPTION_URL_MAX = 3000
const OPTIONS_MAX = 100

export function plainText(max: number): Check {
  const emoji = optional(flag)
  return variant(() => ({
    plain_text: object({ type: required(anything), text: required(string({ min: 1, max })), emoji }),
  }))
}

export function mrkdwn(max: number): Check {
  const verbatim = optional(flag)
  return variant(() => ({
    mrkdwn: object({ type: required(anything), text: required(string({ min: 1, max })), verbatim }),
  }))
}

export function anyText(max: number): Check {
  return variant(() => ({ plain_text: plainText(max), mrkdwn: mrkdwn(max) }))
}

function optionShape(text: Check): Check {
  return object({
    text: required(text),
    value: required(string({ max: OPTION_VALUE_MAX })),
    description: optional(anyText(OPTION_TEXT_MAX)),
    url: optional(string({ max: OPTION_URL_MAX })),
  })
}

/** Menus show plain text only; radio buttons and checkboxes also take mrkdwn. */
export const plainOption = optionShape(plainText(OPTION_TEXT_MAX))
export const markedOption = optionShape(anyText(OPTION_TEXT_MAX))

const optionGroup = object({
  label: required(plainText(OPTION_TEXT_MAX)),
  options: required(list(plainOption, { min: 1, max: OPTIONS_MAX })),
})

export const options = list(plainOption, { min: 1, max: OPTIONS_MAX })
export const optionGroups = list(optionGroup, { min: 1, max: OPTIONS_MAX })

export const confirm = object({
  title: required(plainText(100)),
  text: required(anyText(300)),
  confirm: required(plainText(30)),
  deny: required(plainText(30)),
  style: optional(oneOf('primary', 'danger')),
})

/** What is chosen at first must be one of the choices, to the letter. */
export function initialAmongOptions(value: Json, at: string, report: Report): void {
  const offered = [...items(value.options), ...items(value.option_groups).flatMap((group) => items(group.options))]
  const known = new Set(offered.map((option) => JSON.stringify([option.value, option.text])))
  const chosen = [...(isJson(value.initial_option) ? [value.initial_option] : []), ...items(value.initial_options)]
  for (const option of chosen) {
    if (!known.has(JSON.stringify([option.value, option.text])))
      report('initial option must match one of the options', at)
  }
}

function items(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}
