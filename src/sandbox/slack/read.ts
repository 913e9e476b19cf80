// What a person reads: blocks, messages and views as plain lines, for transcripts and for tests.
import { isJson, type Json, jsonList } from './json.ts'
import { controlSequences, unescapeText } from './mrkdwn.ts'

export interface Names {
  /** The name to show for a user, channel or group id; the id itself where nothing is known. */
  name?(id: string): string | undefined
}

/** The blocks as plain text, one line or more for each block, buttons in square brackets. */
export function readBlocks(blocks: unknown, names: Names = {}): string {
  return jsonList(blocks)
    .map((block) => readBlock(block, names))
    .filter((lines) => lines !== '')
    .join('\n')
}

export function readMessage(message: { text?: string; blocks?: unknown }, names: Names = {}): string {
  return readBlocks(message.blocks, names) || readMrkdwn(message.text ?? '', names)
}

/** A view with its title first and its buttons last. */
export function readView(view: Json, names: Names = {}): string {
  const buttons = [view.close, view.submit].filter(isJson).map((button) => `[${readText(button, names)}]`)
  const lines = [readText(view.title, names), readBlocks(view.blocks, names), buttons.join(' ')]
  return lines.filter((line) => line !== '').join('\n')
}

function readBlock(block: Json, names: Names): string {
  const text = readText(block.text, names)
  switch (block.type) {
    case 'divider':
      return '---'
    case 'section': {
      const fields = jsonList(block.fields).map((field) => readText(field, names))
      return [text, ...fields, readElement(block.accessory, names)].filter((line) => line !== '').join('\n')
    }
    case 'context':
    case 'actions':
    case 'context_actions':
      return jsonList(block.elements)
        .map((element) => readElement(element, names))
        .join(' ')
    case 'input':
      return [readText(block.label, names), readElement(block.element, names), readText(block.hint, names)]
        .filter(Boolean)
        .join('\n')
    case 'rich_text':
      return jsonList(block.elements)
        .map((part) => readRichPart(part, names))
        .join('\n')
    case 'table':
    case 'data_table':
      return readRows(block.rows, names)
    default:
      return readRest(block, names) || text
  }
}

function readRest(block: Json, names: Names): string {
  const titles = [block.title, block.subtitle, block.body].map((title) => readText(title, names))
  const inner = readBlocks(block.type === 'carousel' ? block.elements : block.child_blocks, names)
  const actions = jsonList(block.actions).map((action) => readElement(action, names))
  const image = block.type === 'image' ? `(image: ${block.alt_text})` : ''
  const own =
    block.type === 'alert' || block.type === 'header' || block.type === 'markdown' ? readText(block.text, names) : ''
  return [...titles, own, image, inner, actions.join(' ')].filter((line) => line !== '').join('\n')
}

function readRows(rows: unknown, names: Names): string {
  const cell = (value: Json) => (value.type === 'rich_text' ? readBlock(value, names) : String(value.text ?? ''))
  return (Array.isArray(rows) ? rows : []).map((row) => jsonList(row).map(cell).join(' | ')).join('\n')
}

function readElement(element: unknown, names: Names): string {
  if (!isJson(element)) return ''
  switch (element.type) {
    case 'plain_text':
    case 'mrkdwn':
      return readText(element, names)
    case 'image':
      return `(image: ${element.alt_text})`
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return `[${readText(element.text, names)}]`
    case 'overflow':
      return `[... ${readOptions(element, names)}]`
    case 'rich_text_input':
      return isJson(element.initial_value) ? readBlock(element.initial_value, names) : ''
    default:
      return readField(element, names)
  }
}

/** What stands in a field at first: the chosen option, the text, or the choices there are. */
function readField(element: Json, names: Names): string {
  const chosen = isJson(element.initial_option) ? [element.initial_option] : jsonList(element.initial_options)
  if (chosen.length > 0) return chosen.map((option) => readText(option.text, names)).join(', ')
  if (typeof element.initial_value === 'string') return element.initial_value
  return readOptions(element, names) || readText(element.placeholder, names)
}

function readOptions(element: Json, names: Names): string {
  const grouped = jsonList(element.option_groups).flatMap((group) => jsonList(group.options))
  return [...jsonList(element.options), ...grouped].map((option) => readText(option.text, names)).join(' / ')
}

function readText(value: unknown, names: Names): string {
  if (typeof value === 'string') return value
  if (!isJson(value) || typeof value.text !== 'string') return ''
  return value.type === 'mrkdwn' ? readMrkdwn(value.text, names) : value.text
}

/** Mentions by name, dates by their fallback, links with where they really lead, escapes undone. */
export function readMrkdwn(text: string, names: Names = {}): string {
  return [...controlSequences(text)]
    .map((part) => ('plain' in part ? unescapeText(part.plain) : readControl(part, names)))
    .join('')
}

function readControl({ body, label }: { body: string; label?: string }, names: Names): string {
  if (body.startsWith('@')) return `@${names.name?.(body.slice(1)) ?? label ?? body.slice(1)}`
  if (body.startsWith('#')) return `#${label ?? names.name?.(body.slice(1)) ?? body.slice(1)}`
  if (body.startsWith('!date')) return unescapeText(label ?? '')
  if (body.startsWith('!subteam^')) return `@${label ?? names.name?.(body.slice(9)) ?? body.slice(9)}`
  if (body.startsWith('!')) return `@${body.slice(1)}`
  const url = unescapeText(body.replace(/^mailto:/, ''))
  return label === undefined || label === url ? url : `${unescapeText(label)} (${url})`
}

function readRichPart(part: Json, names: Names): string {
  const inline = () =>
    jsonList(part.elements)
      .map((element) => readInline(element, names))
      .join('')
  if (part.type === 'rich_text_list') {
    const mark = (index: number) => (part.style === 'ordered' ? `${index + 1}.` : '•')
    const items = jsonList(part.elements).map((item, index) => `${mark(index)} ${readRichPart(item, names)}`)
    return items.join('\n')
  }
  return part.type === 'rich_text_quote' ? inline().replaceAll(/^/gm, '> ') : inline()
}

function readInline(element: Json, names: Names): string {
  const named = (id: unknown) => names.name?.(String(id)) ?? String(id)
  switch (element.type) {
    case 'link':
      return element.text && element.text !== element.url ? `${element.text} (${element.url})` : String(element.url)
    case 'emoji':
      return `:${element.name}:`
    case 'user':
      return `@${named(element.user_id)}`
    case 'usergroup':
      return `@${named(element.usergroup_id)}`
    case 'channel':
      return `#${named(element.channel_id)}`
    case 'broadcast':
      return `@${element.range}`
    case 'date':
      return String(element.fallback ?? element.timestamp)
    default:
      return String(element.text ?? element.value ?? '')
  }
}
