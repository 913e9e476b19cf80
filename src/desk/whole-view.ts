// How a message in full looks: its head, its words page by page, and its files.
import type { Button, KnownBlock, ModalView } from '@slack/types'
import type { HeadLine } from '../channel.ts'
import { CHUNK_LENGTH, chunks, richText, shorten } from '../slack/mrkdwn.ts'
import type { SHOW_VERSIONS } from './entry-change.ts'
import { sizeWords } from './file-name.ts'
import { customerName } from './question.ts'
import { fileBlocks, GET_FILE, oneLine, troubleBlocks, type WholeFile } from './whole-files.ts'
import { type Inline, instant, note, paragraph, plain, word } from './words.ts'

export type WholeShow = 'all' | 'original' | 'files' | 'versions'

export const WHOLE_TITLES: Record<WholeShow, string> = {
  all: 'The whole message',
  original: 'Original',
  files: 'Files',
  versions: 'All versions',
}
export const PAGE_ACTIONS = ['page_back', 'page_on'] as const

/** What the modal carries back to us. */
export interface WholeMeta {
  /** The desk's channel, where a word about it can be said. */
  at: string
  messageId: string
  show: WholeShow
  page: number
}

export interface Whole {
  messageId: string
  from: { name?: string | undefined; address: string }
  at: number
  isOurs?: boolean
  subject: string | undefined
  sender: string | undefined
  text: string
  isFolded: boolean
  /** All that it has ever said, oldest first; empty where it never changed. */
  versions: WholeVersion[]
  deletedAt: number | undefined
  head: HeadLine[]
  files: WholeFile[]
}

export interface WholeVersion {
  /** `taken`: it says nothing any more. */
  kind: 'said' | 'taken'
  by: string | undefined
  at: number
  text: string
}

/** What came of a click in the modal. */
export interface News {
  text: string
  link?: string
}

const BUTTONS = { show_all: 'Show all', show_original: 'Show original', show_files: 'Files' } as const
export type WholeAction = keyof typeof BUTTONS | typeof SHOW_VERSIONS

/** In the thread, below the message. */
export function wholeButton(action: keyof typeof BUTTONS, messageId: string): Button {
  return { type: 'button', action_id: action, text: plain(BUTTONS[action]), value: messageId }
}

/** A view holds 250 kB, and a character may take six bytes. */
const PAGE_CHUNKS = 6
const VALUE_LENGTH = 600
const LABEL_LENGTH = 30
const LINES_MAX = 20
const NAME_LENGTH = 200
const ERROR_LENGTH = 300

export function wholeView(meta: WholeMeta, whole: Whole, news?: News): ModalView {
  const { show } = meta
  const blocks = [
    ...(news ? newsBlocks(news) : []),
    ...head(show, whole),
    ...(show === 'files'
      ? []
      : [{ type: 'divider' as const }, ...(show === 'versions' ? versions(meta, whole) : body(meta, whole))]),
    ...(show === 'all' || show === 'versions' ? [] : fileBlocks(whole.files.filter(isAttachment))),
    ...(show === 'original' ? ownFile('original', whole) : []),
    ...(show === 'all' && chunks(whole.text).length > PAGE_CHUNKS ? ownFile('text', whole) : []),
  ]
  return {
    type: 'modal',
    callback_id: 'told',
    private_metadata: JSON.stringify(meta),
    title: plain(WHOLE_TITLES[show]),
    close: plain('Close'),
    blocks,
  }
}

function newsBlocks({ text, link }: News): KnownBlock[] {
  const way: Inline[] = link === undefined ? [] : [word(' '), { type: 'link', url: link, text: 'Show it' }]
  return [paragraph([word(shorten(text, ERROR_LENGTH), { bold: true }), ...way]), { type: 'divider' }]
}

const VERDICTS: Record<string, string> = {
  pass: 'The receiving server vouches for the sender.',
  fail: '⚠️ The receiving server says that this is not from the address it names.',
  none: 'Nobody vouches for the sender: the receiving server says nothing of it.',
}

function head(show: WholeShow, whole: Whole): KnownBlock[] {
  const { from, at, subject, sender } = whole
  const arrived = paragraph([word(whole.isOurs ? 'Sent: ' : 'Arrived: ', { bold: true }), instant(at)])
  if (show !== 'original' || whole.head.length === 0) {
    // The ids of chat platforms tell nobody anything.
    const address = from.address.includes('@') ? ` <${from.address}>` : ''
    const name = from.name === undefined ? from.address : `${from.name}${address}`
    const about = subject === undefined ? [] : [{ name: 'Subject', value: subject }]
    const missing = show === 'original' ? [note('The head of the original cannot be read here; the file has it.')] : []
    return [...labelled([{ name: 'From', value: name }, ...about]), arrived, ...missing]
  }
  const verdict = VERDICTS[sender ?? '']
  return [...labelled(whole.head.slice(0, LINES_MAX)), arrived, ...(verdict === undefined ? [] : [note(verdict)])]
}

/** In as few blocks as hold them. */
function labelled(lines: readonly HeadLine[]): KnownBlock[] {
  const pages: Inline[][] = []
  let room = 0
  for (const { name, value } of lines) {
    const said = shorten(oneLine(value.slice(0, 2 * VALUE_LENGTH)), VALUE_LENGTH)
    if (said.length > room) {
      pages.push([])
      room = CHUNK_LENGTH - VALUE_LENGTH
    }
    const page = pages.at(-1) ?? []
    page.push(word(`${page.length === 0 ? '' : '\n'}${name}: `, { bold: true }), word(said))
    room -= said.length + LABEL_LENGTH
  }
  return pages.map((page) => paragraph(page))
}

const VERSIONS_MAX = 20

/** One after the other, each under the moment it was said; where there is much of it, page by page. */
function versions(meta: WholeMeta, whole: Whole): KnownBlock[] {
  const all = whole.versions.length > 0 ? whole.versions : [{ ...whole, kind: 'said' as const, by: undefined }]
  const paged = versioned(whole, all)
  if (all.length > VERSIONS_MAX || chunks(paged.text).length > PAGE_CHUNKS) return body(meta, paged)
  return all.flatMap(({ kind, by, at, text }, n) => {
    const did = kind === 'taken' ? 'Taken back ' : n === 0 ? 'Written ' : 'Changed '
    const who = by === undefined ? [] : [word(` by ${shorten(oneLine(by), NAME_LENGTH)}`)]
    return [
      paragraph([word(did, { bold: true }), instant(at), ...who]),
      ...(kind === 'taken' ? [] : chunks(text).flatMap(richText)),
    ]
  })
}

function versioned(whole: Whole, all: readonly WholeVersion[]): Whole {
  const texts = all.map(({ kind, by, at, text }, n) => {
    const when = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    const who = by === undefined ? '' : ` by ${by}`
    if (kind === 'taken') return `— Taken back ${when}${who} —`
    return `— ${n === 0 ? 'Written' : 'Changed'} ${when}${who} —\n${text}`
  })
  return { ...whole, text: texts.join('\n\n') }
}

function body({ page }: WholeMeta, { text, from }: Whole): KnownBlock[] {
  const pieces = chunks(text)
  if (pieces.length === 0) return [note('There is no text in it.')]
  const pages = Math.ceil(pieces.length / PAGE_CHUNKS)
  const at = Math.min(Math.max(0, Math.trunc(page)), pages - 1)
  const shown = pieces.slice(at * PAGE_CHUNKS, (at + 1) * PAGE_CHUNKS).flatMap(richText)
  if (pages === 1) return shown
  const [back, on] = PAGE_ACTIONS
  const turn = (action: string, label: string, to: number): Button => {
    return { type: 'button', action_id: action, text: plain(label), value: String(to) }
  }
  const who = shorten(oneLine(customerName(from)).slice(0, NAME_LENGTH), NAME_LENGTH)
  return [
    ...shown,
    note(`Page ${at + 1} of ${pages} of what ${who} wrote`),
    {
      type: 'actions',
      elements: [
        ...(at > 0 ? [turn(back, 'Back', at - 1)] : []),
        ...(at < pages - 1 ? [turn(on, 'Go on', at + 1)] : []),
      ],
    },
  ]
}

function isAttachment({ what }: WholeFile): boolean {
  return what !== 'original' && what !== 'text'
}

const OWN_LABELS: Record<string, string> = { original: 'Get the .eml', text: 'Get it as a text file' }

/** The whole of it, for whoever wants to keep it or look closer. */
function ownFile(what: string, { files }: Whole): KnownBlock[] {
  const file = files.find((candidate) => candidate.what === what && candidate.bytes > 0)
  if (!file) return []
  const text = plain(`${OWN_LABELS[what] ?? 'Get it'} (${sizeWords(file.bytes)})`)
  const button: Button = { type: 'button', action_id: GET_FILE, text, value: what }
  return [{ type: 'divider' }, { type: 'actions', elements: [button] }, ...troubleBlocks(file)]
}
