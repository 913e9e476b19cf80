// The files of a message: which can be fetched, how, and what is said of those that cannot.

import type { WebClient } from '@slack/web-api'
import { type AttachmentRef, type InboundAttachment, SendError } from '../../src/channel.ts'
import { downloadFile, learnFile, type SlackFile } from '../../src/slack/download.ts'
import { type Fields, fieldsOf, numberOf, textOf } from '../../src/slack/field.ts'
import { tamed } from './markdown-escape.ts'
import { readLink, type Words } from './rich-text.ts'

const FILES_MAX = 50
const NAME_MAX = 200
const TYPE = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/

export interface Files {
  attachments: InboundAttachment[]
  /** Files that lie elsewhere are links. */
  links: Words[]
  warnings: string[]
}

export function readFiles(files: readonly Fields[]): Files {
  const found: Files = { attachments: [], links: [], warnings: [] }
  for (const file of files.slice(0, FILES_MAX)) readFile(file, found)
  if (files.length > FILES_MAX) found.warnings.push(`There are ${files.length - FILES_MAX} more files in Slack.`)
  return found
}

function readFile(file: Fields, { attachments, links, warnings }: Files): void {
  const name = nameOf(file)
  if (file.mode === 'tombstone') warnings.push(`${name} was deleted before Deskbell could read it.`)
  else if (file.mode === 'hidden_by_limit') {
    warnings.push(`${name} is hidden: the workspace’s plan does not show files this old.`)
  } else if (file.is_external === true || file.mode === 'external') {
    links.push(readLink(textOf(file.url_private) ?? textOf(file.permalink) ?? '', name))
  } else {
    const type = textOf(file.mimetype) ?? ''
    const known: SlackFile = {
      id: textOf(file.id) ?? '',
      name,
      type: TYPE.test(type) ? type : 'application/octet-stream',
      bytes: numberOf(file.size) ?? 0,
      url: textOf(file.url_private_download) ?? textOf(file.url_private) ?? '',
      mustAsk: file.file_access === 'check_file_info' || file.size === undefined,
    }
    attachments.push({ name, type: known.type, bytes: known.bytes, ref: JSON.stringify(known) })
  }
}

function nameOf(file: Fields): string {
  const name = tamed(textOf(file.name) ?? textOf(file.title) ?? '')
    .replaceAll(/[\p{Cc}/\\]/gu, ' ')
    .trim()
  return name.slice(0, NAME_MAX).toWellFormed() || 'file'
}

/** Throws `SendError` with a sentence for the agent. */
export async function* fetchFile(client: WebClient, ref: AttachmentRef, bytesMax: number): AsyncIterable<Uint8Array> {
  const file = await learnFile(client, readRef(ref))
  if (file.bytes > bytesMax) {
    throw new SendError({ kind: 'rejected' }, `${file.name} is too large to be fetched. Open it in Slack.`)
  }
  yield await downloadFile(client, file)
}

function readRef(ref: AttachmentRef): SlackFile {
  const file = fieldsOf(JSON.parse(ref))
  return {
    id: textOf(file.id) ?? '',
    name: textOf(file.name) ?? 'file',
    type: textOf(file.type) ?? 'application/octet-stream',
    bytes: numberOf(file.bytes) ?? 0,
    url: textOf(file.url) ?? '',
    mustAsk: file.mustAsk === true,
  }
}
