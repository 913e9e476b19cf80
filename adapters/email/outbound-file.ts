// The files of a reply, made fit to leave: plain names, honest types, and none that mail servers throw away.
import { isUtf8 } from 'node:buffer'
import { detectMimeType } from 'nodemailer/lib/mime-funcs'
import { type OutboundAttachment, SendError } from '../../src/channel.ts'
import { cleanLine } from './clean-text.ts'

export interface OutboundFile {
  name: string
  type: string
  content: Uint8Array
  /** By which the letter's words may show it: `![a lamp](cid:lamp.png)`. */
  ids: string[]
}

const FILES_MAX = 50
const NAME_MAX = 120
const EXTENSION_MAX = 12
// What Gmail refuses to take, and others after it: the whole mail would come back.
const REFUSED = new Set(
  [
    'ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins iso isp jar',
    'jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wsc wsf wsh xll',
  ].flatMap((line) => line.split(' ')),
)
const PROGRAMS = [
  [0x4d, 0x5a],
  [0x7f, 0x45, 0x4c, 0x46],
] // Windows, Linux.
const PROGRAM_HEAD_BYTES = 1024
const TYPES_BY_CONTENT: [number[], string][] = [
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'image/png'],
  [[0xff, 0xd8, 0xff], 'image/jpeg'],
  [[...Buffer.from('GIF8')], 'image/gif'],
  [[...Buffer.from('%PDF-')], 'application/pdf'],
]
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
// Nothing that runs or unfolds in a reader; and a message must not be encoded (RFC 2046 section 5.2.1).
const ACTIVE = /^(?:message|multipart)\/|^text\/(?:html|xml|javascript|x-)|[+/]xml$|\/(?:javascript|xhtml|x-sh)/
const UNKNOWN = 'application/octet-stream'

/** Throws `SendError` with a sentence for the agent. */
export function checkFiles(attachments: readonly OutboundAttachment[], bytesMax: number): OutboundFile[] {
  if (attachments.length > FILES_MAX) throw refused(`A mail takes ${FILES_MAX} files at most. Send fewer.`)
  const total = attachments.reduce((sum, { content }) => sum + content.byteLength, 0)
  if (total > bytesMax) {
    throw refused(
      `The files have ${inMegabytes(total)}, and a mail takes ${inMegabytes(bytesMax)}. Send a link instead.`,
    )
  }
  const taken = new Set<string>()
  return attachments.map(({ name: given, content, contentId }) => {
    const name = unusedName(plainName(given), taken)
    if (content.byteLength === 0) throw refused(`${name} is empty. Add it again, or leave it out.`)
    if (isProgram(name, content)) {
      throw refused(`${name} is a program to mail servers, and they would return the mail. Send a link instead.`)
    }
    const ids = [...(contentId === undefined ? [] : [contentId]), given, name]
    return { name, type: typeOf(name, content), content, ids }
  })
}

/** Throws `SendError` when the words show what is no picture, or is not there. */
export function checkPictures(shown: readonly string[], files: readonly OutboundFile[]): void {
  for (const id of shown) {
    const file = files.find(({ ids }) => ids.includes(id))
    if (!file)
      throw refused(`The text shows a picture "${cleanLine(id)}" that is not attached. Add it, or take it out.`)
    if (!PICTURES.has(file.type))
      throw refused(`${file.name} is no picture that mail programs show. Attach it as a file.`)
  }
}

function refused(sentence: string): SendError {
  return new SendError({ kind: 'rejected' }, sentence)
}

/** The last part of a path, in one line and short enough for every file system; the ending stays. */
function plainName(given: string): string {
  const base =
    given
      .slice(-10 * NAME_MAX)
      .split(/[/\\]/)
      .at(-1) ?? ''
  const name = cleanLine(base.replace(/[<>:"|?*]/g, '_'), 10 * NAME_MAX)
    .normalize('NFC')
    .replace(/^\.+|[. ]+$/g, '')
  if (name.length <= NAME_MAX) return name || 'file'
  const ending = endingOf(name)
  return (
    name
      .slice(0, NAME_MAX - ending.length)
      .toWellFormed()
      .trimEnd() + ending
  )
}

function endingOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 && name.length - dot <= EXTENSION_MAX ? name.slice(dot) : ''
}

function unusedName(name: string, taken: Set<string>): string {
  const ending = endingOf(name)
  const stem = name.slice(0, name.length - ending.length)
  let free = name
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${stem} (${n})${ending}`
  taken.add(free.toLowerCase())
  return free
}

function isProgram(name: string, content: Uint8Array): boolean {
  if (REFUSED.has(endingOf(name).slice(1).toLowerCase())) return true
  const hasNul = content.subarray(0, PROGRAM_HEAD_BYTES).includes(0) // A text may begin with these letters too.
  return hasNul && PROGRAMS.some((magic) => startsWith(content, magic))
}

/** By what is in it, then by its name; never by what somebody says it is. */
function typeOf(name: string, content: Uint8Array): string {
  const isWebp =
    startsWith(content, [...Buffer.from('RIFF')]) && startsWith(content.subarray(8), [...Buffer.from('WEBP')])
  const found = isWebp ? 'image/webp' : TYPES_BY_CONTENT.find(([magic]) => startsWith(content, magic))?.[1]
  if (found) return found
  const named = endingOf(name) ? detectMimeType(name) : UNKNOWN
  // What calls itself a picture and is none would be shown broken.
  if (ACTIVE.test(named) || PICTURES.has(named)) return UNKNOWN
  return named.startsWith('text/') && isUtf8(content) ? `${named}; charset=utf-8` : named
}

function startsWith(content: Uint8Array, magic: readonly number[]): boolean {
  return content.byteLength >= magic.length && magic.every((byte, n) => content[n] === byte)
}

function inMegabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`
}
