// winmail.dat: how Outlook wraps a mail, files and all, when it takes the receiver for another Outlook (MS-OXTNEF).

import { decodeText } from './charset.ts'
import { unpackRtf } from './compressed-rtf.ts'
import { MAPI, type MapiProps, readMapiProps } from './mapi-props.ts'
import { rtfToWords } from './rtf-text.ts'

export interface TnefFile {
  name: string
  type: string
  contentId?: string
  content: Uint8Array
}

export interface Tnef {
  text?: string
  html?: string
  files: TnefFile[]
  /** False when anything in it could not be read. */
  whole: boolean
}

const SIGNATURE = 0x223e9f78
const FILES_MAX = 200
const ATTRIBUTES_MAX = 10_000
const EMBEDDED_DEEP_MAX = 3
const OBJECT_ID_BYTES = 16
const EMBEDDED_MESSAGE = 5
const ATTRIBUTE = {
  body: 0x800c,
  file: 0x9002,
  fileTitle: 0x8010,
  fileData: 0x800f,
  fileProps: 0x9005,
  props: 0x9003,
  codepage: 0x9007,
}

interface Draft {
  codepage: string
  body?: string
  props: MapiProps
  files: FileDraft[]
  whole: boolean
}

interface FileDraft {
  title?: string
  data?: Uint8Array
  props?: MapiProps
}

export function readTnef(bytes: Uint8Array, deep = 0): Tnef {
  const { list, whole } = readAttributes(bytes)
  const draft: Draft = { codepage: 'windows-1252', props: new Map(), files: [], whole }
  for (const { id, data } of list) takeAttribute(draft, id, data)
  const files = draft.files.slice(0, FILES_MAX).map((file) => filesIn(file, deep))
  return {
    ...words(draft),
    files: files.flat(),
    whole: draft.whole && draft.files.length <= FILES_MAX && files.every((found) => found.length > 0),
  }
}

function takeAttribute(draft: Draft, id: number, data: Uint8Array): void {
  const file = draft.files.at(-1)
  const text = () => untilEnd(decodeText(data, draft.codepage).text)
  const props = () => {
    const read = readMapiProps(data, draft.codepage)
    draft.whole &&= read.whole
    return read.props
  }
  if (id === ATTRIBUTE.codepage) draft.codepage = codepageName(data) ?? draft.codepage
  else if (id === ATTRIBUTE.body) draft.body = text()
  else if (id === ATTRIBUTE.props) draft.props = props()
  else if (id === ATTRIBUTE.file) draft.files.push({})
  else if (file && id === ATTRIBUTE.fileTitle) file.title = text()
  else if (file && id === ATTRIBUTE.fileData) file.data = data
  else if (file && id === ATTRIBUTE.fileProps) file.props = props()
}

/** The words in the richest form that needs no guessing: HTML, plain text, and RTF when there is nothing else. */
function words({ props, body, codepage }: Draft): { text?: string; html?: string } {
  const internet = props.get(MAPI.internetCodepage)
  const charset = typeof internet === 'number' ? `cp${internet}` : codepage
  const html = props.get(MAPI.html)
  const text = props.get(MAPI.body)
  const rtf = props.get(MAPI.rtf)
  const plain = typeof text === 'string' && text.trim() ? text : body
  const found = {
    ...(typeof html === 'string' && { html }),
    ...(html instanceof Uint8Array && { html: decodeText(html, charset).text }),
    ...(plain?.trim() && { text: plain }),
  }
  if (Object.keys(found).length > 0 || !(rtf instanceof Uint8Array)) return found
  return rtfToWords(unpackRtf(rtf))
}

/** More than one for a mail in the mail: its words as a file of text, and its own files. */
function filesIn({ title, data, props }: FileDraft, deep: number): TnefFile[] {
  const get = (id: number) => {
    const value = props?.get(id)
    return typeof value === 'string' && value.trim() ? value : undefined
  }
  const name = get(MAPI.attachLongName) ?? get(MAPI.displayName) ?? get(MAPI.attachName) ?? title ?? ''
  const object = props?.get(MAPI.attachData)
  if (props?.get(MAPI.attachMethod) === EMBEDDED_MESSAGE && object instanceof Uint8Array && deep < EMBEDDED_DEEP_MAX) {
    const inner = readTnef(object.subarray(OBJECT_ID_BYTES), deep + 1)
    const content = Buffer.from(inner.html ?? inner.text ?? '')
    const kind = inner.html === undefined ? { end: 'txt', type: 'text/plain' } : { end: 'html', type: 'text/html' }
    return [
      ...(content.length > 0 ? [{ name: `${name || 'Mail'}.${kind.end}`, type: kind.type, content }] : []),
      ...inner.files,
    ]
  }
  const content = data ?? (object instanceof Uint8Array ? object.subarray(OBJECT_ID_BYTES) : undefined)
  const contentId = get(MAPI.attachContentId)
  const type = get(MAPI.attachType)?.toLowerCase() ?? 'application/octet-stream'
  return content ? [{ name, type, content, ...(contentId && { contentId }) }] : []
}

function readAttributes(bytes: Uint8Array): { list: { id: number; data: Uint8Array }[]; whole: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const list: { id: number; data: Uint8Array }[] = []
  if (bytes.length < 6 || view.getUint32(0, true) !== SIGNATURE) return { list, whole: false }
  let at = 6
  while (at + 9 <= bytes.length && list.length < ATTRIBUTES_MAX) {
    const id = view.getUint16(at + 1, true)
    const length = view.getUint32(at + 5, true)
    if (at + 9 + length > bytes.length) return { list, whole: false }
    list.push({ id, data: bytes.subarray(at + 9, at + 9 + length) })
    at += 9 + length + 2 // Two bytes of checksum, which some writers get wrong.
  }
  return { list, whole: at >= bytes.length }
}

function codepageName(data: Uint8Array): string | undefined {
  return data.length >= 4 ? `cp${new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true)}` : undefined
}

function untilEnd(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
