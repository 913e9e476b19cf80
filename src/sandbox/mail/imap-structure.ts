// ENVELOPE and BODYSTRUCTURE: a mail's header and shape in IMAP's parentheses (RFC 3501 section 7.4.2).
import { addressesOf, type Field, fieldValue, type Parameters, parseParameters } from './mail-header.ts'
import type { Part } from './mime-part.ts'

export function renderEnvelope(fields: readonly Field[]): string {
  const value = (name: string) => fieldValue(fields, name)
  const from = renderAddresses(value('from'))
  // Sender and Reply-To default to From, says the RFC, and not the client.
  const orFrom = (name: string) => (value(name) ? renderAddresses(value(name)) : from)
  const people = [
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    ...['to', 'cc', 'bcc'].map((name) => renderAddresses(value(name))),
  ]
  return `(${[
    nstring(value('date')),
    nstring(value('subject')),
    ...people,
    nstring(value('in-reply-to')),
    nstring(value('message-id')),
  ].join(' ')})`
}

/** `extended` is BODYSTRUCTURE, without it BODY. */
export function renderStructure(text: string, part: Part, extended: boolean): string {
  const extension = extended ? ` ${renderExtension(part)}` : ''
  if (part.kind === 'multipart') {
    const children = part.children.map((child) => renderStructure(text, child, extended)).join('')
    const parameters = extended ? ` ${renderParameters(part.parameters)}` : ''
    return `(${children} ${nstring(part.subtype)}${parameters}${extension})`
  }
  const value = (name: string) => nstring(fieldValue(part.fields, name))
  const basics = [
    nstring(part.type),
    nstring(part.subtype),
    renderParameters(part.parameters),
    value('content-id'),
    value('content-description'),
    nstring(fieldValue(part.fields, 'content-transfer-encoding') ?? '7bit'),
    part.end - part.bodyStart,
  ]
  const [message] = part.children
  if (message) basics.push(renderEnvelope(message.fields), renderStructure(text, message, extended))
  if (message || part.type.toLowerCase() === 'text') basics.push(countLines(text, part))
  const md5 = extended ? ` ${value('content-md5')}` : ''
  return `(${basics.join(' ')}${md5}${extension})`
}

/** As IMAP writes a string that may be absent: quoted where that is safe, else a literal. */
export function nstring(value: string | undefined): string {
  if (value === undefined) return 'NIL'
  return /^[\x20-\x7e]*$/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `{${value.length}}\r\n${value}`
}

function renderAddresses(text: string | undefined): string {
  const addresses = text ? addressesOf(text) : []
  if (addresses.length === 0) return 'NIL'
  return `(${addresses.map(({ name, mailbox, host }) => `(${nstring(name || undefined)} NIL ${nstring(mailbox)} ${nstring(host)})`).join('')})`
}

function renderParameters(parameters: Parameters): string {
  return parameters.length === 0 ? 'NIL' : `(${parameters.flat().map(nstring).join(' ')})`
}

/** Disposition, language, location. */
function renderExtension(part: Part): string {
  const text = fieldValue(part.fields, 'content-disposition')
  const disposition = text ? parseParameters(text) : undefined
  return [
    disposition ? `(${nstring(disposition.value)} ${renderParameters(disposition.parameters)})` : 'NIL',
    nstring(fieldValue(part.fields, 'content-language')),
    nstring(fieldValue(part.fields, 'content-location')),
  ].join(' ')
}

function countLines(text: string, part: Part): number {
  let lines = 0
  for (let at = text.indexOf('\n', part.bodyStart); at >= 0 && at < part.end; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
