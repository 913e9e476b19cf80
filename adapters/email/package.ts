// Mails and files packed into one part: another mail, a signed envelope, Outlook's winmail.dat. Each is opened where that needs no key.

import { cleanLine } from './clean-text.ts'
import { readCms } from './cms.ts'
import { decodeWords } from './encoded-word.ts'
import { splitMail } from './header.ts'
import {
  addFile,
  bytesOf,
  type Content,
  filenameOf,
  headerOf,
  isBlank,
  newContent,
  type Place,
  say,
  type Words,
} from './mail-content.ts'
import { readMailHeader } from './mail-header.ts'
import { type MimePart, readMime } from './mime-tree.ts'
import { ENCRYPTED_SMIME, SIGNED_SMIME } from './security.ts'
import { shownText } from './shown-text.ts'
import { readTnef } from './tnef.ts'
import { takeUuFiles } from './uuencode.ts'

const DEEP_MAX = 3
const OPENED_MAX = 20
const HEAD_READ_MAX = 64 * 1024
const NAME_MAX = 80

const SEALED_TYPES = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime'])
const TNEF_TYPES = new Set(['application/ms-tnef', 'application/vnd.ms-tnef'])
const MAIL_TYPES = new Set(['message/rfc822', 'message/global'])

/** How the parts of a mail are gone through: handed in, as packages lie in mails and mails in packages. */
type Walk = (part: MimePart, place: Place, content: Content) => void

export function isTnef(part: MimePart): boolean {
  return TNEF_TYPES.has(part.type.value) || filenameOf(part)?.toLowerCase() === 'winmail.dat'
}

export function isSealed(part: MimePart): boolean {
  return SEALED_TYPES.has(part.type.value) || filenameOf(part)?.toLowerCase() === 'smime.p7m'
}

export function isMail(part: MimePart): boolean {
  return MAIL_TYPES.has(part.type.value)
}

/** True once too many were opened: then it is a file like any other. */
function isEnough(place: Place, content: Content): boolean {
  return place.deep >= DEEP_MAX || content.opened++ >= OPENED_MAX
}

/** The mail stays a file, as evidence; its words stand in for the sender's only when there are no others. */
export function openEmbedded(part: MimePart, place: Place, content: Content, walk: Walk): void {
  const bytes = bytesOf(part)
  const { headers } = readMailHeader(splitMail(bytes.subarray(0, HEAD_READ_MAX)).head)
  const get = (key: string) => cleanLine(decodeWords(headerOf({ headers }, key) ?? ''))
  const subject = get('subject')
  const name = subject.replace(/[/\\]/g, '-').slice(0, NAME_MAX)
  addFile(part, place, content, filenameOf(part) ?? (name ? `${name}.eml` : null))
  if (place.report || isEnough(place, content)) return
  const from = get('from') || 'an unknown sender'
  say(content, `Attached mail${subject && ` “${subject}”`} from ${from}${get('date') && `, ${get('date')}`}.`)
  const lines = ['From', 'Date', 'Subject'].flatMap((key) =>
    get(key.toLowerCase()) ? [`${key}: ${get(key.toLowerCase())}`] : [],
  )
  content.instead.push(() => {
    const inner = newContent()
    inner.opened = content.opened
    walk(readMime(bytes).root, { path: [...place.path, part.leaf], deep: place.deep + 1, report: false }, inner)
    const words = wordsOrInstead(inner)
    content.files.push(...inner.files)
    for (const charset of inner.guessed) content.guessed.add(charset)
    for (const note of inner.notes) say(content, note)
    return [{ kind: 'text', text: lines.join('\n') }, ...words]
  })
}

export function wordsOrInstead(content: Content): Words[] {
  if (!isBlank(content.words)) return content.words
  for (const instead of content.instead) {
    const words = instead()
    if (!isBlank(words)) return words
  }
  return content.words
}

/** Signed content is readable without a key; then the signature's envelope is only paper. */
export function openSealed(part: MimePart, place: Place, content: Content, walk: Walk): void {
  const cms = readCms(bytesOf(part))
  if (cms.kind === 'signed' && !isEnough(place, content)) {
    say(content, SIGNED_SMIME)
    walk(readMime(cms.content).root, { ...place, path: [...place.path, part.leaf], deep: place.deep + 1 }, content)
    return
  }
  addFile(part, place, content)
  const type = part.type.params.get('smime-type')?.toLowerCase() ?? ''
  if (cms.kind === 'encrypted' || (cms.kind === 'unknown' && type.startsWith('enveloped')))
    say(content, ENCRYPTED_SMIME)
  else if (cms.kind !== 'unknown' || type !== 'certs-only')
    say(content, 'This mail is packed with S/MIME in a way that cannot be opened here.')
}

export function openTnef(part: MimePart, place: Place, content: Content): void {
  const tnef = isEnough(place, content) ? undefined : readTnef(bytesOf(part))
  const words: Words[] = []
  if (tnef?.html !== undefined) words.push({ kind: 'html', html: tnef.html })
  else if (tnef?.text !== undefined) words.push({ kind: 'text', text: tnef.text })
  if (words.length > 0) content.instead.unshift(() => words)
  const yields = words.length > 0 || (tnef?.files.length ?? 0) > 0
  if (!tnef?.whole || !yields) addFile(part, place, content, filenameOf(part) ?? 'winmail.dat')
  if (!tnef?.whole) say(content, 'Not everything in winmail.dat, a package of Outlook’s, could be read.')
  for (const [index, { name, type, contentId, content: bytes }] of (tnef?.files ?? []).entries()) {
    const path = [...place.path, part.leaf, index]
    const file = { path, filename: name || null, mimeType: type, disposition: 'attachment', content: bytes }
    content.files.push({ ...file, ...(contentId && { contentId }) })
  }
}

/** The bytes a file's path leads to: a leaf of the mail, then of what is packed in it. Undefined where there is nothing. */
export function bytesAt(raw: Uint8Array, path: readonly number[]): Uint8Array | undefined {
  const [leaf, ...rest] = path
  const part = leafAt(readMime(raw).root, leaf)
  if (!part || rest.length > 2 * DEEP_MAX) return undefined
  const bytes = bytesOf(part)
  if (rest.length === 0) return bytes
  if (isTnef(part)) return readTnef(bytes).files[rest[0] ?? -1]?.content
  if (isMail(part)) return bytesAt(bytes, rest)
  if (!isSealed(part)) return takeUuFiles(shownText(part).text).files[rest[0] ?? -1]?.content
  const cms = readCms(bytes)
  return cms.kind === 'signed' ? bytesAt(cms.content, rest) : undefined
}

function leafAt(part: MimePart, leaf: number | undefined): MimePart | undefined {
  if (part.leaf === leaf) return part
  for (const child of part.parts) {
    const found = leafAt(child, leaf)
    if (found) return found
  }
  return undefined
}
