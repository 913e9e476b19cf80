// Block Kit's elements, each with its fields and limits, and the sets of them that a kind of block accepts.
import {
  anyText,
  confirm,
  ID,
  initialAmongOptions,
  markedOption,
  optionGroups,
  options,
  PLACEHOLDER_MAX,
  plainOption,
  plainText,
} from './block-objects.ts'
import type { Json } from './json.ts'
import { richTextBlock } from './rich-text.ts'
import {
  anything,
  type Check,
  eitherOf,
  type Field,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  type Report,
  required,
  string,
} from './shape.ts'

const BUTTON_TEXT_MAX = 75
const BUTTON_VALUE_MAX = 2000
const URL_MAX = 3000
const LABEL_MAX = 75
const CHOICES_MAX = 10
const OVERFLOW_MAX = 5
const INPUT_TEXT_MAX = 3000
const INPUT_FILES_MAX = 10
const INPUT_LINES_MAX = 100
const ANY_NUMBER = number({ min: 0, max: Number.MAX_SAFE_INTEGER })

const type = required(anything)
const ids = list(string({ min: 1 }))
const base: Record<string, Field> = { type, action_id: optional(ID) }
const focus = { focus_on_load: optional(flag) }
const asking = { ...base, confirm: optional(confirm), ...focus }
const menu = { ...asking, placeholder: optional(plainText(PLACEHOLDER_MAX)) }
const many = { ...menu, max_selected_items: optional(number({ min: 1, max: Number.MAX_SAFE_INTEGER })) }
const filter = optional(
  object({
    include: optional(list(oneOf('im', 'mpim', 'private', 'public'), { min: 1 })),
    exclude_external_shared_channels: optional(flag),
    exclude_bot_users: optional(flag),
  }),
)
const triggers = list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1 })
const typed = {
  ...base,
  ...focus,
  placeholder: optional(plainText(PLACEHOLDER_MAX)),
  dispatch_action_config: optional(object({ trigger_actions_on: optional(triggers) })),
}
const initialText = optional(string({ max: INPUT_TEXT_MAX }))
const conversations = { default_to_current_conversation: optional(flag), filter }
const minQuery = { min_query_length: optional(ANY_NUMBER) }
const respondable = { response_url_enabled: optional(flag) }

function choiceOf(...checks: ((value: Json, at: string, report: Report) => void)[]) {
  return (value: Json, at: string, report: Report): void => {
    for (const check of checks) check(value, at, report)
  }
}

const staticMenu = choiceOf(eitherOf('options', 'option_groups'), initialAmongOptions)

const button = {
  ...base,
  text: required(plainText(BUTTON_TEXT_MAX)),
  value: optional(string({ max: BUTTON_VALUE_MAX })),
  url: optional(string({ max: URL_MAX })),
  style: optional(oneOf('primary', 'danger')),
  confirm: optional(confirm),
  accessibility_label: optional(string({ max: LABEL_MAX })),
}

const feedback = required(
  object({
    text: required(plainText(BUTTON_TEXT_MAX)),
    value: required(string({ max: BUTTON_VALUE_MAX })),
    accessibility_label: optional(string({ max: LABEL_MAX })),
  }),
)

export const image = {
  type,
  image_url: optional(string({ min: 1, max: URL_MAX })),
  slack_file: optional(object({ id: optional(ID), url: optional(string({ max: URL_MAX })) }, eitherOf('id', 'url'))),
  alt_text: required(string({ min: 1, max: 2000 })),
}

export const elements: Record<string, Check> = {
  button: object(button),
  workflow_button: object({ ...button, workflow: required(anything) }),
  feedback_buttons: object({ ...base, positive_button: feedback, negative_button: feedback }),
  icon_button: object({
    ...base,
    icon: required(string({ min: 1 })),
    text: required(plainText(BUTTON_TEXT_MAX)),
    value: optional(string({ max: BUTTON_VALUE_MAX })),
    confirm: optional(confirm),
    accessibility_label: optional(string({ max: LABEL_MAX })),
    visible_to_user_ids: optional(ids),
  }),
  image: object(image, eitherOf('image_url', 'slack_file')),
  overflow: object({
    ...base,
    confirm: optional(confirm),
    options: required(list(plainOption, { min: 1, max: OVERFLOW_MAX })),
  }),
  checkboxes: object(
    {
      ...asking,
      options: required(list(markedOption, { min: 1, max: CHOICES_MAX })),
      initial_options: optional(list(markedOption, { min: 1 })),
    },
    initialAmongOptions,
  ),
  radio_buttons: object(
    {
      ...asking,
      options: required(list(markedOption, { min: 1, max: CHOICES_MAX })),
      initial_option: optional(markedOption),
    },
    initialAmongOptions,
  ),
  static_select: object(
    {
      ...menu,
      options: optional(options),
      option_groups: optional(optionGroups),
      initial_option: optional(plainOption),
    },
    staticMenu,
  ),
  multi_static_select: object(
    {
      ...many,
      options: optional(options),
      option_groups: optional(optionGroups),
      initial_options: optional(list(plainOption, { min: 1 })),
    },
    staticMenu,
  ),
  external_select: object({ ...menu, ...minQuery, initial_option: optional(plainOption) }),
  multi_external_select: object({ ...many, ...minQuery, initial_options: optional(list(plainOption, { min: 1 })) }),
  users_select: object({ ...menu, initial_user: optional(ID) }),
  multi_users_select: object({ ...many, initial_users: optional(ids) }),
  channels_select: object({ ...menu, ...respondable, initial_channel: optional(ID) }),
  multi_channels_select: object({ ...many, initial_channels: optional(ids) }),
  conversations_select: object({ ...menu, ...conversations, ...respondable, initial_conversation: optional(ID) }),
  multi_conversations_select: object({ ...many, ...conversations, initial_conversations: optional(ids) }),
  datepicker: object({ ...menu, initial_date: optional(string({ min: 10, max: 10 })) }),
  timepicker: object({
    ...menu,
    initial_time: optional(string({ min: 5, max: 5 })),
    timezone: optional(string({ min: 1 })),
  }),
  datetimepicker: object({ ...asking, initial_date_time: optional(ANY_NUMBER) }),
  plain_text_input: object({
    ...typed,
    initial_value: initialText,
    multiline: optional(flag),
    min_length: optional(number({ min: 0, max: INPUT_TEXT_MAX })),
    max_length: optional(number({ min: 1, max: INPUT_TEXT_MAX })),
  }),
  email_text_input: object({ ...typed, initial_value: initialText }),
  url_text_input: object({ ...typed, initial_value: initialText }),
  number_input: object({
    ...typed,
    is_decimal_allowed: required(flag),
    initial_value: optional(string()),
    min_value: optional(string()),
    max_value: optional(string()),
  }),
  rich_text_input: object({
    ...typed,
    initial_value: optional(richTextBlock),
    min_lines: optional(number({ min: 1, max: INPUT_LINES_MAX })),
    max_lines: optional(number({ min: 1, max: INPUT_LINES_MAX })),
  }),
  file_input: object({
    ...base,
    filetypes: optional(list(string({ min: 1 }), { min: 1 })),
    max_files: optional(number({ min: 1, max: INPUT_FILES_MAX })),
  }),
  plain_text: plainText(INPUT_TEXT_MAX),
  mrkdwn: anyText(INPUT_TEXT_MAX),
}

const SELECTS = ['static_select', 'external_select', 'users_select', 'channels_select', 'conversations_select']
const MENUS = [...SELECTS, ...SELECTS.map((name) => `multi_${name}`)]
const CHOOSING = [...MENUS, 'checkboxes', 'datepicker', 'radio_buttons', 'timepicker']
const TYPING = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input', 'rich_text_input']

/** Which elements a kind of block takes. A text field stands only in an input block; files only in a modal's. */
export const ACCEPTED = {
  section: [...CHOOSING, 'button', 'image', 'overflow', 'workflow_button'],
  actions: [...CHOOSING, 'button', 'datetimepicker', 'overflow', 'workflow_button', 'rich_text_input'],
  context: ['image', 'plain_text', 'mrkdwn'],
  context_actions: ['feedback_buttons', 'icon_button'],
  input: [...CHOOSING, ...TYPING, 'datetimepicker'],
  modalInput: [...CHOOSING, ...TYPING, 'datetimepicker', 'file_input'],
} as const

/** Elements that hold a value a submitted view reports. */
export const STATEFUL: readonly string[] = ACCEPTED.modalInput
