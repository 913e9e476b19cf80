// A letter as the HTML of a mail: a handful of tags, no styles but a quote's, every word escaped.
import type { Block } from './markdown.ts'
import type { Inline } from './markdown-inline.ts'
import { contentId } from './outgoing-file.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const QUOTE_STYLE = 'margin:0 0 0 .8ex;border-left:2px solid #ccc;padding-left:1ex'

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}

export function blocksToHtml(blocks: Block[]): string {
  return blocks.map(blockToHtml).join('\n')
}

/** Plain text, such as what is answered, in a quote that mail programs fold. */
export function textToHtmlQuote(text: string): string {
  return `<blockquote type="cite" class="gmail_quote" style="${QUOTE_STYLE}">${escapeHtml(text).replaceAll('\n', '<br>\n')}</blockquote>`
}

export function textToHtmlSignature(text: string): string {
  return `<div class="signature">-- <br>\n${escapeHtml(text).replaceAll('\n', '<br>\n')}</div>`
}

function blockToHtml(block: Block): string {
  switch (block.type) {
    case 'paragraph':
      return `<p>${inlinesToHtml(block.children)}</p>`
    case 'heading':
      return `<h${block.level}>${inlinesToHtml(block.children)}</h${block.level}>`
    case 'code':
      return `<pre>${escapeHtml(block.text)}</pre>`
    case 'quote':
      return `<blockquote style="${QUOTE_STYLE}">${blocksToHtml(block.children)}</blockquote>`
    case 'rule':
      return '<hr>'
    case 'list': {
      const items = block.items.map((item) => `<li>${itemToHtml(item)}</li>`).join('\n')
      return block.start === undefined ? `<ul>\n${items}\n</ul>` : `<ol start="${block.start}">\n${items}\n</ol>`
    }
  }
}

/** The common item is one line, and needs no paragraph around it. */
function itemToHtml(item: Block[]): string {
  const [first, ...rest] = item
  return first?.type === 'paragraph' ? inlinesToHtml(first.children) + blocksToHtml(rest) : blocksToHtml(item)
}

function inlinesToHtml(inlines: Inline[]): string {
  return inlines.map(inlineToHtml).join('')
}

function inlineToHtml(inline: Inline): string {
  switch (inline.type) {
    case 'text':
      return escapeHtml(inline.text)
    case 'code':
      return `<code>${escapeHtml(inline.text)}</code>`
    case 'break':
      return '<br>\n'
    case 'strong':
      return `<strong>${inlinesToHtml(inline.children)}</strong>`
    case 'emphasis':
      return `<em>${inlinesToHtml(inline.children)}</em>`
    case 'deleted':
      return `<del>${inlinesToHtml(inline.children)}</del>`
    case 'image':
      return `<img src="cid:${escapeHtml(contentId(inline.name))}" alt="${escapeHtml(inline.alt || inline.name)}">`
    case 'link':
      return `<a href="${escapeHtml(inline.href)}">${inlinesToHtml(inline.children)}</a>`
  }
}
