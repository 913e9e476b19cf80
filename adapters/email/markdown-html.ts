// A letter as the HTML of a mail: a handful of tags, no style but what a quote and code need, every word escaped.
import type { Block } from './markdown.ts'
import type { Inline } from './markdown-inline.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
// A grey that can be seen on white and on black; no other colour is set, so that a dark reader stays dark.
export const QUOTE_STYLE = 'margin:0 0 0 .8ex;border-left:2px solid #999;padding-left:1ex'
const CODE_STYLE = 'white-space:pre-wrap'
const PICTURE_STYLE = 'max-width:100%;height:auto'

/** Under which Content-ID the picture of this name leaves; undefined when it does not come along. */
export type PictureId = (contentId: string) => string | undefined

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}

/** Each block finds its own direction: a letter in Arabic may quote one in English. */
export function blocksToHtml(blocks: Block[], pictureId: PictureId = () => undefined): string {
  return blocks.map((block) => blockToHtml(block, pictureId)).join('\n')
}

/** Plain text, such as what is answered. */
export function textToHtml(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>\n')
}

function blockToHtml(block: Block, pictureId: PictureId): string {
  const inlines = (children: Inline[]) => inlinesToHtml(children, pictureId)
  switch (block.type) {
    case 'paragraph':
      return `<p dir="auto">${inlines(block.children)}</p>`
    case 'heading':
      return `<h${block.level} dir="auto">${inlines(block.children)}</h${block.level}>`
    case 'code':
      return `<pre style="${CODE_STYLE}">${escapeHtml(block.text)}</pre>`
    case 'quote':
      return `<blockquote style="${QUOTE_STYLE}">${blocksToHtml(block.children, pictureId)}</blockquote>`
    case 'rule':
      return '<hr>'
    case 'list': {
      const items = block.items.map((item) => `<li>${itemToHtml(item, pictureId)}</li>`).join('\n')
      if (block.start === undefined) return `<ul dir="auto">\n${items}\n</ul>`
      return `<ol dir="auto" start="${block.start}">\n${items}\n</ol>`
    }
  }
}

/** The common item is one line, and needs no paragraph around it. */
function itemToHtml(item: Block[], pictureId: PictureId): string {
  const [first, ...rest] = item
  if (first?.type !== 'paragraph') return blocksToHtml(item, pictureId)
  return inlinesToHtml(first.children, pictureId) + blocksToHtml(rest, pictureId)
}

function inlinesToHtml(inlines: Inline[], pictureId: PictureId): string {
  return inlines.map((inline) => inlineToHtml(inline, pictureId)).join('')
}

function inlineToHtml(inline: Inline, pictureId: PictureId): string {
  switch (inline.type) {
    case 'text':
      return escapeHtml(inline.text)
    case 'code':
      return `<code>${escapeHtml(inline.text)}</code>`
    case 'break':
      return '<br>\n'
    case 'image': {
      const alt = escapeHtml(inline.alt || inline.contentId)
      const id = pictureId(inline.contentId)
      return id === undefined ? `[${alt}]` : `<img src="cid:${escapeHtml(id)}" alt="${alt}" style="${PICTURE_STYLE}">`
    }
    case 'strong':
      return `<strong>${inlinesToHtml(inline.children, pictureId)}</strong>`
    case 'emphasis':
      return `<em>${inlinesToHtml(inline.children, pictureId)}</em>`
    case 'deleted':
      return `<del>${inlinesToHtml(inline.children, pictureId)}</del>`
    case 'link':
      return `<a href="${escapeHtml(inline.href)}">${inlinesToHtml(inline.children, pictureId)}</a>`
  }
}
