// BODY[...]: which bytes of a mail a FETCH item means (RFC 3501 section 6.4.5).
import { parseTokens, refusal, textOf } from './imap-command.ts'
import { findPart, type Part } from './mime-part.ts'

export interface Section {
  /** As it is repeated in the answer, without the `.PEEK` and with the partial's start: `BODY[1.TEXT]<0>`. */
  label: string
  peek: boolean
  path: number[]
  what: '' | 'HEADER' | 'TEXT' | 'MIME' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT'
  names: string[]
  partial: { start: number; length: number } | undefined
}

const SECTION = /^((?:[1-9]\d{0,4}(?:\.|$))*)(HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME|)(?: +\((.*)\))?$/i

export function parseSection(item: string): Section {
  const outer = /^BODY(\.PEEK)?\[(.*)\](?:<(\d{1,10})\.(\d{1,10})>)?$/i.exec(item)
  const inner = SECTION.exec(outer?.[2] ?? '?')
  const what = (inner?.[2]?.toUpperCase() ?? '') as Section['what']
  const path = inner?.[1]?.split('.').filter(Boolean).map(Number) ?? []
  const names = parseTokens([inner?.[3] ?? '']).map((token) => textOf(token, 'header field').toLowerCase())
  const isComplete = what.startsWith('HEADER.') === names.length > 0 && (what !== 'MIME' || path.length > 0)
  if (!outer || !inner || !isComplete) throw refusal('BAD', `Unreadable section in ${item}`)
  return {
    label: `BODY[${outer[2]}]${outer[3] === undefined ? '' : `<${Number(outer[3])}>`}`,
    peek: outer[1] !== undefined,
    path,
    what,
    names,
    partial: outer[3] === undefined ? undefined : { start: Number(outer[3]), length: Number(outer[4]) },
  }
}

/** Undefined when the mail has no such part. `parse` is called only when the mail's structure matters. */
export function sectionBytes(section: Section, raw: Buffer, parse: () => Part): Buffer | undefined {
  const whole = section.path.length === 0 && section.what === '' ? raw : partBytes(section, raw, parse())
  const { partial } = section
  return whole && partial ? whole.subarray(partial.start, partial.start + partial.length) : whole
}

function partBytes(section: Section, raw: Buffer, mail: Part): Buffer | undefined {
  const isRoot = section.path.length === 0
  const part = isRoot ? mail : findPart(mail, section.path)
  if (part && (section.what === '' || section.what === 'MIME')) {
    return section.what === '' ? raw.subarray(part.bodyStart, part.end) : raw.subarray(part.headerStart, part.bodyStart)
  }
  const message = isRoot ? mail : part?.kind === 'message' ? part.children[0] : undefined
  if (!message) return undefined
  if (section.what === 'HEADER') return raw.subarray(message.headerStart, message.bodyStart)
  if (section.what === 'TEXT') return raw.subarray(message.bodyStart, message.end)
  const wanted = section.what === 'HEADER.FIELDS'
  const fields = message.fields.filter((field) => section.names.includes(field.name) === wanted)
  return Buffer.from(`${fields.map((field) => field.raw).join('')}\r\n`, 'latin1')
}
