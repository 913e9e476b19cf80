// The small parts of our views. What others wrote only ever stands in rich text, where Slack parses nothing.
import type { KnownBlock, RichTextBlock, RichTextSection } from '@slack/types'

export type Inline = RichTextSection['elements'][number]

export function paragraph(elements: Inline[], blockId?: string): RichTextBlock {
  const id = blockId === undefined ? {} : { block_id: blockId }
  return { type: 'rich_text', ...id, elements: [{ type: 'rich_text_section', elements }] }
}

export function quote(text: string): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_quote', elements: [word(text)] }] }
}

/** Slack refuses an empty element. */
export function word(text: string, style?: { bold: true }): Inline {
  return { type: 'text', text: text === '' ? ' ' : text, ...(style && { style }) }
}

/** An instant in the reader's own time. */
export function instant(at: number, format = '{date_short_pretty} {time}'): Inline {
  const fallback = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return { type: 'date', timestamp: Math.floor(at / 1000), format, fallback }
}

export function note(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] }
}

export function heading(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } }
}

export function plain(text: string): { type: 'plain_text'; text: string; emoji: false } {
  return { type: 'plain_text', text, emoji: false }
}
