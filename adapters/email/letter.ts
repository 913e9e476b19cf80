// A reply in its two forms, which say the same: the agent's words, the signature, and below them what is answered.
import { cleanLine, cleanText } from './clean-text.ts'
import { type Block, parseMarkdown } from './markdown.ts'
import { escapeMarkdown } from './markdown-escape.ts'
import { blocksToHtml, type PictureId } from './markdown-html.ts'
import type { Inline } from './markdown-inline.ts'
import { blocksToText } from './markdown-text.ts'
import { type Answered, quoteOf } from './quote.ts'

export const LETTER_TEXT_MAX = 500_000

export interface Letter {
  markdown: string
  agentName: string
  /** Markdown, in which `{agent}` stands for the agent's name. */
  signature?: string
  answers?: Answered
}

export interface WrittenLetter {
  /** Its lines are as long as they were written: quoted-printable breaks them for the way, and every reader wraps them. */
  text: string
  html(pictureId: PictureId): string
  /** The pictures its words want to show, by their content ids. */
  pictures: string[]
}

export function writeLetter(letter: Letter): WrittenLetter {
  const words = parseMarkdown(cleanText(letter.markdown, LETTER_TEXT_MAX))
  const signature = letter.signature === undefined ? [] : signatureOf(letter.signature, letter.agentName)
  const quote = letter.answers && quoteOf(letter.answers)
  const text = [blocksToText(words), ...signed(signature), ...(quote ? [quote.text] : [])].join('\n\n')
  const html = (pictureId: PictureId) =>
    document([
      blocksToHtml(words, pictureId),
      ...(signature.length > 0 ? [signatureHtml(signature)] : []),
      ...(quote ? [quote.html] : []),
    ])
  return { text, html, pictures: picturesIn(words) }
}

function signatureOf(signature: string, agentName: string): Block[] {
  return parseMarkdown(
    cleanText(signature)
      .replaceAll('{agent}', () => escapeMarkdown(cleanLine(agentName)))
      .trim(),
  )
}

/** RFC 3676 section 4.3: mail programs know a signature by this line. */
function signed(signature: Block[]): string[] {
  return signature.length > 0 ? [`-- \n${blocksToText(signature)}`] : []
}

function signatureHtml(signature: Block[]): string {
  return [
    '<div><span class="gmail_signature_prefix">-- </span><br>',
    `<div class="gmail_signature" data-smartmail="gmail_signature">${blocksToHtml(signature)}</div></div>`,
  ].join('\n')
}

/** The reader's own font and colours, light or dark; long addresses break instead of making the mail wider than the screen. */
function document(parts: string[]): string {
  return [
    '<!DOCTYPE html>',
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"></head>',
    '<body><div style="word-wrap:break-word;overflow-wrap:break-word">',
    ...parts,
    '</div></body></html>',
  ].join('\n')
}

function picturesIn(blocks: Block[]): string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'quote') return picturesIn(block.children)
    if (block.type === 'list') return block.items.flatMap(picturesIn)
    return 'children' in block ? block.children.flatMap(picturesOf) : []
  })
}

function picturesOf(inline: Inline): string[] {
  if (inline.type === 'image') return [inline.contentId]
  return 'children' in inline ? inline.children.flatMap(picturesOf) : []
}
