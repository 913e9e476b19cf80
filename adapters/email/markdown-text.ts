// A letter as plain text: the words without the marks, and each link's address beside its name.
import type { Block } from './markdown.ts'
import type { Inline } from './markdown-inline.ts'

export function blocksToText(blocks: Block[]): string {
  return blocks.map(blockToText).join('\n\n')
}

export function quoteText(text: string): string {
  return text
    .split('\n')
    .map((line) => (line ? (line.startsWith('>') ? `>${line}` : `> ${line}`) : '>'))
    .join('\n')
}

function blockToText(block: Block): string {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inlinesToText(block.children)
    case 'code':
      return block.text
    case 'quote':
      return quoteText(blocksToText(block.children))
    case 'rule':
      return '----'
    case 'list':
      return block.items.map((item, index) => itemToText(item, markerOf(block.start, index))).join('\n')
  }
}

function markerOf(start: number | undefined, index: number): string {
  return start === undefined ? '- ' : `${start + index}. `
}

function itemToText(item: Block[], marker: string): string {
  const indent = ' '.repeat(marker.length)
  const text = item.map(blockToText).join('\n')
  return marker + text.split('\n').join(`\n${indent}`)
}

function inlinesToText(inlines: Inline[]): string {
  return inlines.map(inlineToText).join('')
}

function inlineToText(inline: Inline): string {
  switch (inline.type) {
    case 'text':
    case 'code':
      return inline.text
    case 'break':
      return '\n'
    case 'image':
      return `[${inline.alt || inline.contentId}]`
    case 'strong':
    case 'emphasis':
    case 'deleted':
      return inlinesToText(inline.children)
    case 'link': {
      const name = inlinesToText(inline.children)
      const same = name === inline.href || `mailto:${name}` === inline.href
      return same ? name : `${name} (${inline.href})`
    }
  }
}
