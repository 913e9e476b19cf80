// The preview: exactly what will leave, to whom, and one button that says so. And what stands in its way.
import type { KnownBlock, ModalView } from '@slack/types'
import { channelKind, type Part } from '../channel.ts'
import type { Message } from '../message.ts'
import type { RecipientChoices } from '../recipients.ts'
import { chunks, richText, shorten } from '../slack/mrkdwn.ts'
import { firstName, formalName } from '../template/name.ts'
import type { Caution } from '../template/personal.ts'
import { addressee } from './composer-view.ts'
import { shownName, sizeWords } from './file-name.ts'
import { newWords, wayWords } from './question.ts'
import { copiesBlocks, markWords } from './recipient-words.ts'
import { laterButton } from './schedule-view.ts'
import { sequelInput } from './sequel.ts'
import { heading, instant, note, paragraph, plain, quote, word } from './words.ts'

export const PREVIEW = 'preview'

const BUTTON_LENGTH_MAX = 24
/** A view holds 250 kB, and comes back to us with more in it; beyond this much only the length of what follows is said. */
const VIEW_BYTES_MAX = 200_000
/** Nobody reads on here. */
const SHOWN_LENGTH_MAX = 60_000
const FILES_MAX = 20
const PARTS_MAX = 20
const NEWS_MAX = 5
const NEWS_LENGTH_MAX = 600

export interface PreviewMeta {
  draftId: string
  conversationId: string
  at: string
  /** What is to follow, as it was chosen here. */
  after?: string
  /** The newest message the agent was shown after the composer, and sends in spite of. */
  confirmedSeq?: number
}

export interface Letterhead {
  channel: string
  to: { address: string; name?: string | undefined }
}

export interface Shown extends Letterhead {
  meta: PreviewMeta
  /** What is to be said of those who get it, as far as it is known still. */
  recipients?: RecipientChoices | undefined
  /** What a colleague would say before it leaves. */
  cautions?: readonly Caution[]
  parts: readonly Pick<Part, 'preview' | 'subject' | 'recipients' | 'attachments'>[]
}

export function previewView(shown: Shown): ModalView {
  const { cautions = [] } = shown
  return {
    ...previewShell(shown, cautions.length === 0 ? sendLabel(shown) : 'Send anyway'),
    blocks: [
      ...cautionBlocks(cautions),
      ...leaving(shown),
      note(`This is exactly what leaves${asText(shown.channel)}. You can take it back for a moment after sending.`),
      sequelInput(shown.meta.after),
      laterButton(shown.meta),
    ],
  }
}

function cautionBlocks(cautions: readonly Caution[]): KnownBlock[] {
  if (cautions.length === 0) return []
  const lines = cautions.map(({ said }) => paragraph([word(`⚠️ ${said}`)]))
  return [heading('Before you send'), ...lines, note('“Back” lets you change it.'), { type: 'divider' }]
}

/** Something happened since the agent looked; sending needs a second, knowing click. */
export function staleView(shown: Shown, news: readonly { message: Message; author: string }[]): ModalView {
  const more = news.length > NEWS_MAX ? [note(`And ${news.length - NEWS_MAX} more in the thread.`)] : []
  return {
    ...previewShell(shown, 'Send anyway'),
    blocks: [
      heading('Not sent yet. This arrived while you were writing'),
      ...news.slice(0, NEWS_MAX).flatMap(({ message, author }) => newsOf(message, author)),
      ...more,
      { type: 'divider' },
      heading('Your reply'),
      ...leaving(shown),
      note('“Back” lets you change it.'),
      sequelInput(shown.meta.after),
      laterButton(shown.meta),
    ],
  }
}

/** A mail has two forms, of the same words. */
function asText(channel: string): string {
  return channelKind(channel) === 'email' ? ', in the plain words; the mail shows bold, lists and links as well' : ''
}

function previewShell({ meta }: Shown, submit: string): Omit<ModalView, 'blocks'> {
  return {
    type: 'modal',
    callback_id: PREVIEW,
    private_metadata: JSON.stringify(meta),
    title: plain('Preview'),
    submit: plain(submit),
    close: plain('Back'),
  }
}

/** The button names the person and the way, as far as there is room. */
export function sendLabel({ channel, to }: Letterhead): string {
  const way = wayWords(channel)
  const first = firstName(to.name, to.address) ?? formalName(to.name)
  const labels = first ? [`Send to ${first} ${way}`, `Send to ${first}`] : []
  return labels.find((label) => label.length <= BUTTON_LENGTH_MAX) ?? `Send ${way}`
}

function newsOf(message: Message, author: string): KnownBlock[] {
  const { direction, arrived_at, edited_at, deleted_at } = message
  const said = (verb: string, at: number) => paragraph([word(author, { bold: true }), word(verb), instant(at)])
  if (deleted_at !== null) return [said(' took back what they wrote ', deleted_at)]
  const words = quote(shorten(newWords(message).trim(), NEWS_LENGTH_MAX))
  if (edited_at !== null) return [said(' changed what they wrote; now it says, since ', edited_at), words]
  return [said(direction === 'inbound' ? ' wrote ' : ' replied ', arrived_at), words]
}

/** To whom, and all that they will read. */
export function leaving({ channel, to, recipients, parts }: Shown): KnownBlock[] {
  const others = (parts[0]?.recipients ?? []).filter(({ address }) => address !== to.address)
  const subject = parts[0]?.subject
  const files = parts.flatMap(({ attachments }) => attachments ?? [])
  const mark = recipients && recipients.to.address === to.address ? markWords(recipients.to, to) : undefined
  const head = [
    addressee(channel, to),
    ...(mark === undefined ? [] : [note(`⚠️ This address is ${mark}.`)]),
    ...copiesBlocks(others, recipients),
    ...(subject === undefined ? [] : [labelled('Subject: ', shorten(subject, SUBJECT_LENGTH_MAX))]),
    ...fileBlocks(files),
  ]
  const room = VIEW_BYTES_MAX - bytesOf(head)
  return [
    ...head,
    { type: 'divider' },
    ...bodies(
      parts.map(({ preview }) => preview),
      room,
    ),
    { type: 'divider' },
  ]
}

const SUBJECT_LENGTH_MAX = 500

function fileBlocks(files: readonly { name: string; bytes: number }[]): KnownBlock[] {
  if (files.length === 0) return []
  const lines = files.slice(0, FILES_MAX).map(({ name, bytes }) => `📎 ${shownName(name)} (${sizeWords(bytes)})`)
  const more = files.length > FILES_MAX ? [`📎 and ${files.length - FILES_MAX} more`] : []
  return [paragraph([word([...lines, ...more].join('\n'))])]
}

function bytesOf(blocks: readonly KnownBlock[]): number {
  return Buffer.byteLength(JSON.stringify(blocks))
}

function bodies(texts: readonly string[], bytesMax: number): KnownBlock[] {
  const blocks: KnownBlock[] = []
  const all = texts.reduce((sum, text) => sum + text.length, 0)
  let shown = 0
  let bytes = 0
  for (const [n, text] of texts.slice(0, PARTS_MAX).entries()) {
    if (texts.length > 1) blocks.push(note(`Message ${n + 1} of ${texts.length}`))
    for (const piece of chunks(text)) {
      const added = richText(piece)
      bytes += bytesOf(added)
      if (bytes > bytesMax || shown + piece.length > SHOWN_LENGTH_MAX) break
      blocks.push(...added)
      shown += piece.length
    }
  }
  if (shown < all) blocks.push(note(`${all - shown} more characters follow, mostly the quoted history.`))
  return blocks
}

function labelled(label: string, value: string): KnownBlock {
  return paragraph([word(label), word(value)])
}
