// Images that the text shows in their place, by their Content-ID (RFC 2392): in words, the name of the file stands there.
import { attachmentName } from './attachment.ts'
import { cleanLine } from './clean-text.ts'
import type { MailFile } from './mail-content.ts'
import { escapeMarkdown } from './markdown-escape.ts'

const ID_MAX = 200
/** What Outlook puts into the plain text of a mail that has an image there. */
const PLACE = /\\\[cid:([^\s\]\\]{1,200})\\\]/g

export type ImageName = (contentId: string) => string | undefined

export function contentIdOf(file: { contentId?: string | undefined }): string | undefined {
  const id = cleanLine((file.contentId ?? '').trim().replace(/^<|>$/g, ''), ID_MAX)
  return id === '' ? undefined : id
}

export function imageNames(files: MailFile[]): ImageName {
  const names = new Map(files.map((file, index) => [contentIdOf(file), attachmentName(file, index)]))
  return (contentId) => (contentId ? names.get(contentId) : undefined)
}

/** In Markdown that was made of plain text; what names no image stays as it was. */
export function withImageNames(markdown: string, name: ImageName): string {
  return markdown.replace(PLACE, (whole, id: string) => {
    const found = name(id)
    return found === undefined ? whole : `\\[image: ${escapeMarkdown(found)}\\]`
  })
}
