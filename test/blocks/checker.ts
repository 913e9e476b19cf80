// A second opinion on what we send to Slack: every limit of the table, and that what others wrote stands only where nothing is parsed.
import {
  BLOCK_ID_MAX,
  BLOCKS,
  BLOCKS_MAX,
  CONFIRM,
  ELEMENTS,
  MESSAGE_CHARACTERS_MAX,
  OPTION,
  OPTION_GROUP,
  OPTIONS_SHOWN_MAX,
  type Rule,
  TEXT_MAX,
  VIEW,
  VIEW_BYTES_MAX,
} from './limits.ts'

type Json = Record<string, unknown>
type Say = (fault: string) => undefined
export type Surface = keyof typeof BLOCKS_MAX

/** Stands in whatever somebody outside wrote, so that it is known again wherever it comes out. */
export const MARK = 'QZX'

export function faultsOfMessage(message: { text?: unknown; blocks?: unknown }): string[] {
  return collect((say) => {
    const { text, blocks } = message
    if (typeof text !== 'string' || text.trim() === '') say('text: a screen reader has nothing to say')
    else {
      if (text.length > TEXT_MAX) say(`text: ${text.length} characters`)
      checkFallback(text, say)
    }
    if (blocks === undefined) return
    checkBlocks(blocks, 'message', say)
    const characters = count(blocks)
    if (characters > MESSAGE_CHARACTERS_MAX) say(`blocks: ${characters} characters together`)
  })
}

export function faultsOfView(view: unknown): string[] {
  return collect((say) => {
    const found = asJson(view)
    const { type, blocks, title, submit } = found
    if (type !== 'modal' && type !== 'home') return say(`a view of type ${type}`)
    obey(VIEW, found, 'view', say)
    checkBlocks(blocks, type, say)
    const bytes = Buffer.byteLength(JSON.stringify(view))
    if (bytes > VIEW_BYTES_MAX) say(`view: ${bytes} bytes`)
    if (type === 'modal' && title === undefined) say('view: no title')
    if (submit === undefined && listOf(blocks).some((block) => block.type === 'input'))
      say('view: inputs, and no submit')
  })
}

/** What a menu is answered with that asks us for its choices. */
export function faultsOfChoices(answer: unknown): string[] {
  return collect((say) => {
    const { options, option_groups: groups } = asJson(answer)
    if (options === undefined && groups === undefined) say('neither options nor groups')
    listOf(options).forEach((option, n) => void checkOption(option, `options.${n}`, say))
    listOf(groups).forEach((group, n) => void checkGroup(group, `option_groups.${n}`, say))
    const shown = listOf(options).length + listOf(groups).reduce((sum, group) => sum + listOf(group.options).length, 0)
    if (shown > OPTIONS_SHOWN_MAX) say(`${shown} choices`)
  })
}

function collect(check: (say: Say) => unknown): string[] {
  const faults: string[] = []
  check((fault) => {
    faults.push(fault)
  })
  return faults
}

function checkBlocks(value: unknown, surface: Surface, say: Say): undefined {
  const blocks = listOf(value)
  if (!Array.isArray(value) || blocks.length < value.length) say('blocks: no list of blocks')
  if (blocks.length > BLOCKS_MAX[surface]) say(`blocks: ${blocks.length} of them`)
  for (const text of strings(value))
    if (!text.isWellFormed()) say(`a character is torn in ${JSON.stringify(text.slice(-40))}`)
  const ids = blocks.flatMap(({ block_id: id }) => (id === undefined ? [] : [id]))
  if (new Set(ids).size < ids.length) say(`blocks: a block_id stands twice in ${ids.join(', ')}`)
  blocks.forEach((block, n) => void checkBlock(block, surface, `blocks.${n}`, say))
}

function checkBlock(block: Json, surface: Surface, at: string, say: Say): undefined {
  const type = String(block.type)
  const rule = BLOCKS[type]
  if (!rule || (type === 'input' && surface === 'message')) return say(`${at}: ${type} on a ${surface}`)
  const id = block.block_id
  if (id !== undefined && (typeof id !== 'string' || id === '' || id.length > BLOCK_ID_MAX))
    say(`${at}: block_id ${id}`)
  obey(rule, block, at, say)
  if (type === 'rich_text') checkRich(block, at, say)
  else checkElements(block, rule, at, say)
}

function checkElements(block: Json, rule: Rule, at: string, say: Say): void {
  const elements = [block.element, block.accessory].filter(isJson).concat(listOf(block.elements))
  for (const [n, element] of elements.entries()) checkElement(element, rule, `${at}.${n}`, say)
  const actions = elements.flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id]))
  if (new Set(actions).size < actions.length) say(`${at}: an action_id stands twice in ${actions.join(', ')}`)
}

function checkElement(element: Json, { takes = [] }: Rule, at: string, say: Say): undefined {
  const type = String(element.type)
  const rule = ELEMENTS[type]
  if (!rule || !takes.includes(type)) return say(`${at}: no ${type} may stand here`)
  obey(rule, element, at, say)
  if (type === 'plain_text' || type === 'mrkdwn') checkWords(element, at, say)
  if (type === 'button') checkLabel(element.text, at, say)
  if (isJson(element.confirm)) {
    obey(CONFIRM, element.confirm, `${at}.confirm`, say)
  }
  const options = [
    ...listOf(element.options),
    ...listOf(element.option_groups).flatMap((group) => listOf(group.options)),
  ]
  listOf(element.option_groups).forEach((group, n) => void checkGroup(group, `${at}.option_groups.${n}`, say))
  listOf(element.options).forEach((option, n) => void checkOption(option, `${at}.options.${n}`, say))
  const values = options.map(({ value }) => value)
  if (new Set(values).size < values.length) say(`${at}: two options have one value`)
  checkInitial(element, options, at, say)
  const { initial_value: initial, max_length: max } = element
  if (typeof initial === 'string' && typeof max === 'number' && initial.length > max)
    say(`${at}: ${initial.length} characters to start with`)
  if (typeof max === 'number' && max > 3000) say(`${at}: max_length ${max}`)
  if (initial === '') say(`${at}: an empty initial_value`)
}

/** What is chosen at first is one of the choices, to the letter; a menu that asks us has none to compare. */
function checkInitial(element: Json, options: Json[], at: string, say: Say): void {
  const chosen = [element.initial_option].filter(isJson).concat(listOf(element.initial_options))
  const known = new Set(options.map((option) => JSON.stringify(option)))
  for (const option of chosen) {
    if (String(element.type).includes('external')) checkOption(option, at, say)
    else if (!known.has(JSON.stringify(option))) say(`${at}: ${option.value} is chosen and not offered`)
  }
}

function checkGroup(group: Json, at: string, say: Say): void {
  obey(OPTION_GROUP, group, at, say)
  checkLabel(group.label, at, say)
  listOf(group.options).forEach((option, n) => void checkOption(option, `${at}.${n}`, say))
}

function checkOption(option: Json, at: string, say: Say): void {
  obey(OPTION, option, at, say)
  checkLabel(option.text, at, say)
}

/** What one is to choose or press says something. */
function checkLabel(text: unknown, at: string, say: Say): void {
  if (String(asJson(text).text ?? '').trim() === '') say(`${at}: a label that says nothing`)
}

function obey(
  { needs = [], needsOne = [], max = {}, count: counts = {}, plain = [] }: Rule,
  thing: Json,
  at: string,
  say: Say,
) {
  for (const name of needs) if (thing[name] === undefined) say(`${at}: no ${name}`)
  if (needsOne.length > 0 && needsOne.every((name) => thing[name] === undefined))
    say(`${at}: none of ${needsOne.join(', ')}`)
  for (const [name, most] of Object.entries(max)) {
    for (const value of [thing[name]].flat()) {
      if (typeof value === 'string' && value.length > most) say(`${at}.${name}: ${value.length} characters`)
      if (isJson(value) && 'text' in value) checkText(value, most, plain.includes(name), `${at}.${name}`, say)
    }
  }
  obeyCounts(counts, thing, at, say)
}

function obeyCounts(counts: NonNullable<Rule['count']>, thing: Json, at: string, say: Say): void {
  for (const [name, [least, most]] of Object.entries(counts)) {
    const list = thing[name]
    if (list !== undefined && (!Array.isArray(list) || list.length < least || list.length > most))
      say(`${at}.${name}: ${Array.isArray(list) ? list.length : 'no list'}`)
  }
}

function checkText(text: Json, most: number, isPlain: boolean, at: string, say: Say): undefined {
  const { type, text: words } = text
  if (isPlain && type !== 'plain_text') say(`${at}: ${type} where only plain_text may stand`)
  if (typeof words !== 'string' || words === '') return say(`${at}: an empty text`)
  if (words.length > most) say(`${at}: ${words.length} characters`)
  checkWords(text, at, say)
}

/** Nobody's words are parsed: no mark-up, and no names of emoji made into pictures. */
function checkWords({ type, text, emoji }: Json, at: string, say: Say): void {
  const words = String(text)
  if (type === 'mrkdwn') {
    if (words.includes(MARK)) say(`${at}: somebody's words in mrkdwn: ${words.slice(0, 80)}`)
    if (CALLS_ALL.test(words)) say(`${at}: calls everybody`)
  } else if (words.includes(MARK) && emoji !== false) say(`${at}: somebody's :smile: becomes a picture`)
}

const CALLS_ALL = /<!(?:channel|here|everyone)\b/
/** What hostile words try; of our own we write dates, people, groups and links to Slack. */
const INJECTED = /<https?:\/\/evil|<@UEVIL|<!subteam\^SEVIL/

function checkFallback(text: string, say: Say): void {
  if (CALLS_ALL.test(text)) say(`text: calls everybody: ${text.slice(0, 80)}`)
  if (INJECTED.test(text)) say(`text: somebody's mark-up is alive: ${text.slice(0, 80)}`)
  if (!text.isWellFormed()) say('text: a character is torn')
}

const INLINE = new Set(['text', 'link', 'emoji', 'user', 'usergroup', 'channel', 'date'])
const PARTS = new Set(['rich_text_section', 'rich_text_quote', 'rich_text_preformatted', 'rich_text_list'])

function checkRich(block: Json, at: string, say: Say): void {
  for (const part of listOf(block.elements)) {
    if (!PARTS.has(String(part.type))) say(`${at}: ${part.type} in rich text`)
    const inner =
      part.type === 'rich_text_list'
        ? listOf(part.elements).flatMap((item) => listOf(item.elements))
        : listOf(part.elements)
    if (inner.length === 0) say(`${at}: an empty ${part.type}`)
    for (const element of inner) checkInline(element, at, say)
  }
}

function checkInline(element: Json, at: string, say: Say): void {
  const { type, text, url, user_id: user, timestamp, format } = element
  if (!INLINE.has(String(type))) say(`${at}: ${type} in rich text`)
  if (type === 'text' && (typeof text !== 'string' || text === '')) say(`${at}: an empty text element`)
  if (type === 'link' && !/^https?:\/\//.test(String(url))) say(`${at}: a link to ${url}`)
  if (type === 'link' && String(url).includes(MARK)) say(`${at}: a link that somebody else chose`)
  if (type === 'link' && String(text ?? '').trim() === '') say(`${at}: a link that nobody can see`)
  if (type === 'user' && !/^[UW][A-Z0-9]+$/.test(String(user))) say(`${at}: a person called ${user}`)
  if (type === 'date' && (!Number.isSafeInteger(timestamp) || typeof format !== 'string'))
    say(`${at}: a date that is none`)
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* strings(inner)
}

function count(value: unknown): number {
  let characters = 0
  for (const text of strings(value)) characters += text.length
  return characters
}
