// The preview: exactly what will leave, to whom, and one button that says so. And what stands in its way.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Part } from '../channel.ts'
import type { Message } from '../message.ts'
import { chunks, richText, shorten } from '../slack/mrkdwn.ts'
import { addressee } from './composer-view.ts'
import { channelWord } from './question.ts'
import { heading, instant, note, paragraph, plain, quote, word } from './words.ts'

export const PREVIEW = 'preview'

const BUTTON_LENGTH_MAX = 24
/** A view holds 250 kB; beyond this much of a long history only its length is said. */
const SHOWN_LENGTH_MAX = 60_000
const PARTS_MAX = 20
const NEWS_MAX = 5
const NEWS_LENGTH_MAX = 600

export interface PreviewMeta {
  draftId: string
  conversationId: string
  at: string
  /** The newest message the agent was shown after the composer, and sends in spite of. */
  confirmedSeq?: number
}

export interface Letterhead {
  channel: string
  to: { address: string; name?: string | undefined }
}

export interface Shown extends Letterhead {
  meta: PreviewMeta
  parts: readonly Pick<Part, 'preview' | 'subject' | 'recipients'>[]
}

export function previewView(shown: Shown): ModalView {
  return {
    ...previewShell(shown, sendLabel(shown)),
    blocks: [...leaving(shown), note('This is exactly what leaves. You can take it back for a moment after sending.')],
  }
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
    ],
  }
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
  const way = channelWord(channel)
  const first = to.name?.trim().split(/\s+/)[0]
  const labels = first ? [`Send to ${first} by ${way}`, `Send to ${first}`] : []
  return labels.find((label) => label.length <= BUTTON_LENGTH_MAX) ?? `Send by ${way}`
}

function newsOf(message: Message, author: string): KnownBlock[] {
  const verb = message.direction === 'inbound' ? ' wrote ' : ' replied '
  return [
    paragraph([word(author, { bold: true }), word(verb), instant(message.arrived_at)]),
    quote(shorten(message.text.trim(), NEWS_LENGTH_MAX)),
  ]
}

function leaving({ channel, to, parts }: Shown): KnownBlock[] {
  const others = (parts[0]?.recipients ?? []).filter(({ address }) => address !== to.address)
  const subject = parts[0]?.subject
  return [
    addressee(channel, to),
    ...(others.length > 0 ? [labelled('Cc: ', others.map(({ address }) => address).join(', '))] : []),
    ...(subject === undefined ? [] : [labelled('Subject: ', subject)]),
    { type: 'divider' },
    ...bodies(parts.map(({ preview }) => preview)),
    { type: 'divider' },
  ]
}

function bodies(texts: readonly string[]): KnownBlock[] {
  const blocks: KnownBlock[] = []
  let room = SHOWN_LENGTH_MAX
  for (const [n, text] of texts.slice(0, PARTS_MAX).entries()) {
    if (texts.length > 1) blocks.push(note(`Message ${n + 1} of ${texts.length}`))
    const shown = room > 0 ? (chunks(text, room)[0] ?? '') : ''
    blocks.push(...richText(shown))
    room -= shown.length
  }
  const hidden = texts.join('').length - (SHOWN_LENGTH_MAX - room)
  if (hidden > 0) blocks.push(note(`${hidden} more characters follow, mostly the quoted history.`))
  return blocks
}

function labelled(label: string, value: string): KnownBlock {
  return paragraph([word(label), word(value)])
}
