// Goes through the parts of a mail in their order and puts each where it belongs: words, files, or a package to be opened.
import { bestAlternative } from './alternative.ts'
import { decodeText } from './charset.ts'
import { describeInvite } from './invite.ts'
import { addFile, bytesOf, type Content, filenameOf, newContent, type Place, say } from './mail-content.ts'
import type { MimePart } from './mime-tree.ts'
import { isMail, isSealed, isTnef, openEmbedded, openSealed, openTnef } from './package.ts'
import { describeSecurity, inlineSecurity } from './security.ts'
import { shownText } from './shown-text.ts'
import { takeUuFiles } from './uuencode.ts'

const CALENDAR_TYPES = new Set(['text/calendar', 'application/ics'])
const REPORT_TYPES = new Set(['message/delivery-status', 'message/feedback-report', 'message/global-delivery-status'])

export function readContent(root: MimePart): Content {
  const content = newContent()
  walk(root, { path: [], deep: 0, report: holdsReport(root) }, content)
  return content
}

export function walk(part: MimePart, place: Place, content: Content): void {
  if (part.parts.length > 0) walkMultipart(part, place, content)
  else walkLeaf(part, place, content)
}

function walkMultipart(part: MimePart, place: Place, content: Content): void {
  const security = describeSecurity(part)
  if (security) say(content, security)
  if (part.type.value === 'multipart/alternative') {
    const branches = part.parts.map((child) => {
      const branch: Content = { ...content, words: [] }
      walk(child, place, branch)
      content.opened = branch.opened
      return branch.words
    })
    content.words.push(...bestAlternative(branches))
    return
  }
  if (part.type.value === 'multipart/appledouble') {
    const name = part.parts.map(filenameOf).find(Boolean)
    say(content, `“${name ?? 'A file'}” comes with the resource fork of a Macintosh; the file is complete without it.`)
  }
  for (const child of part.parts) walk(child, place, content)
}

function walkLeaf(part: MimePart, place: Place, content: Content): void {
  if (part.type.value === 'text/x-amp-html') return // The same words again, for programs that run them.
  if (isTnef(part)) openTnef(part, place, content)
  else if (isSealed(part)) openSealed(part, place, content, walk)
  else if (isMail(part)) openEmbedded(part, place, content, walk)
  else if (isShownText(part)) walkText(part, place, content)
  else {
    addFile(part, place, content)
    announce(part, content)
  }
}

/** What a file is, where its name does not say it. */
function announce(part: MimePart, content: Content): void {
  const type = part.type.value
  if (CALENDAR_TYPES.has(type) || filenameOf(part)?.toLowerCase().endsWith('.ics')) announceInvite(part, content)
  else if (type === 'message/partial') say(content, partialSentence(part))
  else if (type === 'message/external-body') say(content, externalSentence(part))
}

/** Also what calls itself a multipart and has no parts: whatever it is, its words can be read. */
function isShownText(part: MimePart): boolean {
  if (part.disposition.value === 'attachment') return false
  const type = part.type.value
  return type === 'text/plain' || type === 'text/html' || (type.startsWith('multipart/') && !holdsMore(part))
}

function walkText(part: MimePart, place: Place, content: Content): void {
  const decoded = shownText(part)
  if (decoded.guessed) content.guessed.add(decoded.guessed)
  if (filenameOf(part)) addFile(part, place, content) // Shown in its place by the sender's program, and a file all the same.
  if (part.type.value === 'text/html') {
    content.words.push({ kind: 'html', html: decoded.text })
    content.html.push(decoded.text)
    return
  }
  const { text, files } = takeUuFiles(decoded.text)
  for (const [index, file] of files.entries()) {
    const path = [...place.path, part.leaf, index]
    content.files.push({
      path,
      filename: file.name,
      mimeType: 'application/octet-stream',
      disposition: 'attachment',
      content: file.content,
    })
  }
  const security = inlineSecurity(text)
  if (security) say(content, security)
  content.words.push({ kind: 'text', text })
  content.plain.push(text)
}

function announceInvite(part: MimePart, content: Content): void {
  const bytes = bytesOf(part)
  const sentences = describeInvite(
    decodeText(bytes, part.type.params.get('charset') ?? 'utf-8').text,
    part.type.params.get('method'),
  )
  for (const sentence of sentences) say(content, sentence)
  if (sentences.length > 0) content.instead.push(() => [{ kind: 'text', text: sentences.join('\n') }])
}

function partialSentence(part: MimePart): string {
  const { params } = part.type
  const of = params.get('total') ? ` of ${Number(params.get('total')) || '?'}` : ''
  return `This is part ${Number(params.get('number')) || '?'}${of} of a mail that its sender’s program cut up; the parts are not put together here.`
}

function externalSentence(part: MimePart): string {
  const { params } = part.type
  const where =
    params.get('url') ?? [params.get('site'), params.get('directory'), params.get('name')].filter(Boolean).join('/')
  return `A file of this mail lies elsewhere${where ? ` (${where.slice(0, 200)})` : ''} and was not fetched.`
}

function holdsReport(part: MimePart): boolean {
  return REPORT_TYPES.has(part.type.value) || part.parts.some(holdsReport)
}

/** A multipart below the deepest level that is read: more mail, and no words. */
function holdsMore(part: MimePart): boolean {
  const boundary = part.type.params.get('boundary')
  return (
    boundary !== undefined &&
    Buffer.from(part.body.buffer, part.body.byteOffset, part.body.byteLength).includes(`--${boundary}`)
  )
}
