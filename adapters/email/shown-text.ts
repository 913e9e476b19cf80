// The text of a part as its sender's program shows it: in the right charset, its paragraphs whole.
import { type Decoded, decodeText, latin1 } from './charset.ts'
import { unflow } from './flowed-text.ts'
import { bytesOf } from './mail-content.ts'
import type { MimePart } from './mime-tree.ts'

export function shownText(part: MimePart): Decoded {
  const bytes = bytesOf(part)
  const decoded = decodeText(bytes, charsetOf(part, bytes))
  const { params } = part.type
  if (part.type.value === 'text/html' || !/^flowed$/i.test(params.get('format') ?? '')) return decoded
  return { ...decoded, text: unflow(decoded.text, /^yes$/i.test(params.get('delsp') ?? '')) }
}

/** HTML may say itself what the header does not. */
function charsetOf(part: MimePart, bytes: Uint8Array): string {
  const declared = part.type.params.get('charset')
  if (declared || part.type.value !== 'text/html') return declared ?? ''
  return /<meta[^>]{1,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(latin1(bytes.subarray(0, 2048)))?.[1] ?? ''
}
