// What is answered, quoted below the answer: short, one level deep, and marked the way mail programs mark history, so that they fold it.
import type { Address } from '../../src/channel.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { escapeHtml, QUOTE_STYLE, textToHtml } from './markdown-html.ts'
import { quoteText } from './markdown-text.ts'

const LINES_MAX = 100
const CHARS_MAX = 20_000

export interface Answered {
  from: Address
  arrivedAt: number
  text: string
}

/** Both forms say the same. Undefined when nothing of it is left to quote. */
export function quoteOf({ from, arrivedAt, text }: Answered): { text: string; html: string } | undefined {
  const quoted = ownWords(text)
  if (!quoted) return undefined
  const intro = introOf(from, arrivedAt)
  return {
    text: `${intro}\n${quoteText(quoted)}`,
    // The class names of Gmail, which others look for too; `cite` is what Apple Mail and Thunderbird go by.
    html: [
      '<div class="gmail_quote gmail_quote_container">',
      `<div dir="auto" class="gmail_attr">${escapeHtml(intro)}<br></div>`,
      `<blockquote type="cite" class="gmail_quote" style="${QUOTE_STYLE}"><div dir="auto">${textToHtml(quoted)}</div></blockquote>`,
      '</div>',
    ].join('\n'),
  }
}

/** Without words, as we do not know the reader's language here. */
function introOf(from: Address, at: number): string {
  const name = cleanLine(from.name ?? '')
  const time = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${name ? `${name} <${from.address}>` : from.address}, ${time}:`
}

/** Without the quotes in it: those the customer has already. */
function ownWords(text: string): string {
  const own = cleanText(text)
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  const lines = own.slice(0, CHARS_MAX).split('\n')
  const cut = own.length > CHARS_MAX || lines.length > LINES_MAX
  return [...lines.slice(0, LINES_MAX), ...(cut ? ['[…]'] : [])].join('\n').toWellFormed()
}
