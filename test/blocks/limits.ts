// Slack's limits as a table, written from its reference alone: the stand-in has its own idea of them, and a hole in one shows in the other.

export interface Rule {
  needs?: readonly string[]
  /** At least one of them. */
  needsOne?: readonly string[]
  /** Characters of a string or of a text object in this field, at most. */
  max?: Readonly<Record<string, number>>
  /** Entries of a list in this field, from and to. */
  count?: Readonly<Record<string, readonly [number, number]>>
  /** Text objects that take no mrkdwn. */
  plain?: readonly string[]
  /** Types that may stand in `elements`, `element` and `accessory`. */
  takes?: readonly string[]
}

const PICKS = ['users', 'channels', 'conversations', 'static', 'external'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
])
const CHOOSING = [...PICKS, 'checkboxes', 'radio_buttons', 'datepicker', 'timepicker']
const TYPING = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input', 'rich_text_input']

export const BLOCKS: Readonly<Record<string, Rule>> = {
  actions: {
    needs: ['elements'],
    count: { elements: [1, 25] },
    takes: [...CHOOSING, 'button', 'overflow', 'datetimepicker', 'rich_text_input', 'workflow_button'],
  },
  context: { needs: ['elements'], count: { elements: [1, 10] }, takes: ['image', 'plain_text', 'mrkdwn'] },
  divider: {},
  header: { needs: ['text'], max: { text: 150 }, plain: ['text'] },
  image: {
    needs: ['alt_text'],
    needsOne: ['image_url', 'slack_file'],
    max: { image_url: 3000, alt_text: 2000, title: 2000 },
  },
  input: {
    needs: ['label', 'element'],
    max: { label: 2000, hint: 2000 },
    plain: ['label', 'hint'],
    takes: [...CHOOSING, ...TYPING, 'datetimepicker', 'file_input'],
  },
  rich_text: { needs: ['elements'], count: { elements: [1, 1000] } },
  section: {
    needsOne: ['text', 'fields'],
    max: { text: 3000, fields: 2000 },
    count: { fields: [1, 10] },
    takes: [...CHOOSING, 'button', 'overflow', 'image', 'workflow_button'],
  },
}

const MENU: Rule = { max: { placeholder: 150, action_id: 255 }, plain: ['placeholder'] }
const LISTED: Rule = {
  ...MENU,
  needsOne: ['options', 'option_groups'],
  count: { options: [1, 100], option_groups: [1, 100] },
}
const MARKS: Rule = {
  needs: ['options'],
  max: { action_id: 255 },
  count: { options: [1, 10], initial_options: [1, 10] },
}
const TYPED: Rule = { max: { placeholder: 150, action_id: 255, initial_value: 3000 }, plain: ['placeholder'] }

export const ELEMENTS: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(PICKS.map((type) => [type, /static/.test(type) ? LISTED : MENU])),
  ...Object.fromEntries(TYPING.map((type) => [type, TYPED])),
  button: {
    needs: ['text'],
    max: { text: 75, value: 2000, url: 3000, accessibility_label: 75, action_id: 255 },
    plain: ['text'],
  },
  checkboxes: MARKS,
  radio_buttons: MARKS,
  overflow: { needs: ['options'], max: { action_id: 255 }, count: { options: [1, 5] } },
  datepicker: MENU,
  timepicker: MENU,
  datetimepicker: { max: { action_id: 255 } },
  file_input: { max: { action_id: 255 } },
  image: { needs: ['alt_text'], needsOne: ['image_url', 'slack_file'], max: { image_url: 3000, alt_text: 2000 } },
  plain_text: { needs: ['text'], max: { text: 3000 } },
  mrkdwn: { needs: ['text'], max: { text: 3000 } },
}

export const OPTION: Rule = { needs: ['text', 'value'], max: { text: 75, value: 75, description: 75, url: 3000 } }
export const OPTION_GROUP: Rule = {
  needs: ['label', 'options'],
  max: { label: 75 },
  count: { options: [1, 100] },
  plain: ['label'],
}
export const CONFIRM: Rule = {
  needs: ['title', 'text', 'confirm', 'deny'],
  max: { title: 100, text: 300, confirm: 30, deny: 30 },
  plain: ['title', 'confirm', 'deny'],
}
export const VIEW: Rule = {
  needs: ['blocks'],
  max: { title: 24, submit: 24, close: 24, private_metadata: 3000, callback_id: 255, external_id: 255 },
  plain: ['title', 'submit', 'close'],
}

export const BLOCKS_MAX = { message: 50, modal: 100, home: 100 } as const
/** Of all blocks of a message together; nobody documents it, and everybody who posts long texts runs into it. */
export const MESSAGE_CHARACTERS_MAX = 13_200
export const VIEW_BYTES_MAX = 250_000
/** Of `text`: chat.update takes no more, and a message is sooner or later updated. */
export const TEXT_MAX = 4000
export const BLOCK_ID_MAX = 255
export const OPTIONS_SHOWN_MAX = 100
