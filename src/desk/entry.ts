// One message as it stands in the card's thread: all of it, with who said it and, for a reply, what became of it.
import type { Button, KnownBlock } from '@slack/types'
import { chunks, escapeMrkdwn, richText, shorten } from '../slack/mrkdwn.ts'
import { nameParts, oneLine, shortName } from './card.ts'
import { caseNoteHeader, caseNoteText } from './case-note.ts'
import { cautionLines } from './caution.ts'
import { correctButtons, correctionBlocks } from './correct-view.ts'
import { acknowledgementSentence, deliverySentence, questionSentence } from './delivery-words.ts'
import { blockedLines, bystanderLines, changeBlocks, isChanged, versionsButton } from './entry-change.ts'
import { noteBlocks, originLines } from './entry-origin.ts'
import type { EntryView, SaidByAgent, SaidByCustomer, SaidFile } from './entry-view.ts'
import { isRisky, shownName, sizeWords } from './file-name.ts'
import { handOverHeader, handOverText } from './hand-over.ts'
import { SAVE_LETTER } from './letter-new.ts'
import { parkedButtons } from './parked.ts'
import type { Content } from './post.ts'
import { channelWord } from './question.ts'
import { reclassifyButton } from './reclassify.ts'
import { wholeButton } from './whole-view.ts'
import { type Inline, instant, note, paragraph, plain, word } from './words.ts'

export interface EntryPlan {
  /** The first one says what changes; the others, once posted, stay as they are. */
  posts: [Content, ...Content[]]
  /** What stands below it as a file: text that is too long for posts, or the original of what could not be read. */
  file: 'text' | 'original' | undefined
}

/** Chunks of 2,900 characters in the first post, which has a header too, and in each one after it. */
const FIRST_CHUNKS = 2
const MORE_CHUNKS = 3
const POSTS_MAX = 5
/** Of what is said about files: all blocks of a post together have room for so much. */
const FILES_LENGTH = 3600
const RAW_BYTES_MAX = 25 * 1024 * 1024
const NAME_LENGTH = 120
const SUBJECT_LENGTH = 200
const RECIPIENTS_MAX = 10
const FILES_MAX = 20
const MISSING_MAX = 5
const REASON_LENGTH = 300

export function renderEntry(view: EntryView): EntryPlan {
  const { said } = view
  const pieces = chunks(shownText(said))
  // What stands above a letter that was passed on is as long as a piece of it.
  const head = said.kind === 'inbound' && said.note ? FIRST_CHUNKS - 1 : FIRST_CHUNKS
  const isTooLong = pieces.length > head + (POSTS_MAX - 1) * MORE_CHUNKS
  const body = isTooLong ? pieces.slice(0, head) : pieces
  const first = render(view, body.slice(0, head), isTooLong)
  const posts: EntryPlan['posts'] = [first]
  for (let from = head; from < body.length; from += MORE_CHUNKS) {
    const blocks = body.slice(from, from + MORE_CHUNKS).flatMap(richText)
    posts.push({ text: `${first.text} (continued)`, blocks })
  }
  const hasRaw = said.kind === 'inbound' && said.raw !== undefined && said.raw.bytes > 0
  const isRawShown = hasRaw && (said.raw?.bytes ?? 0) <= RAW_BYTES_MAX
  return { posts, file: isRawShown ? 'original' : isTooLong && !hasRaw ? 'text' : undefined }
}

/** Hidden for display only: the rest is one click away. */
function shownText(said: EntryView['said']): string {
  if (said.kind === 'inbound') return said.deletedAt === undefined ? (said.unquoted ?? said.text) : ''
  return said.text
}

function render(view: EntryView, body: string[], isCut: boolean): Content {
  const more = isCut ? [note('This is only the beginning. The whole text is in the file below.')] : []
  const parts = [...body.flatMap(richText), ...more]
  const { said } = view
  if (said.kind === 'outbound') {
    return {
      text: outboundText(view, said),
      blocks: [
        outboundHeader(view, said),
        ...parts,
        ...(said.isAsking ? [note(OUTSIDE)] : []),
        ...(said.isQuoting ? [note('What it answers is quoted below it.')] : []),
        ...fileLines(said.attachments),
        ...deliveryBlocks(view, said),
      ],
    }
  }
  if (said.kind === 'hand-over') return { text: handOverText(said), blocks: [handOverHeader(said, view.at), ...parts] }
  if (said.kind === 'case-note') return { text: caseNoteText(said), blocks: [caseNoteHeader(said, view.at), ...parts] }
  return {
    text: inboundText(said),
    blocks: [
      inboundHeader(view, said),
      ...parts,
      ...noteBlocks(said),
      ...changeBlocks(said, said.waits),
      ...(said.unquoted === undefined ? [] : [note('Quoted history and signature are folded.')]),
      ...inboundFooter(view, said),
      ...inboundButtons(view, said, isCut),
    ],
  }
}

function inboundText({ from, text: whole, unquoted, deletedAt }: SaidByCustomer): string {
  const text = deletedAt === undefined ? (unquoted ?? whole) : '(deleted by its author)'
  return escapeMrkdwn(`${shortName(from)}: ${shorten(oneLine(text.slice(0, SUBJECT_LENGTH * 2)), SUBJECT_LENGTH)}`)
}

/** Nothing of a mail is ever out of reach; of a machine's letter a person may know better. */
function inboundButtons({ messageId, channelKind }: EntryView, said: SaidByCustomer, isCut: boolean): KnownBlock[] {
  const elements = [
    ...(said.askedBy !== undefined || (isPersons(said) && said.counts && !said.isBlocked)
      ? []
      : [reclassifyButton(messageId, said.counts)]),
    ...(isChanged(said) ? [versionsButton(messageId, said)] : []),
    ...(said.unquoted !== undefined || isCut ? [wholeButton('show_all', messageId)] : []),
    ...(channelKind === 'email' ? [wholeButton('show_original', messageId)] : []),
    ...(said.attachments.length > 0 ? [wholeButton('show_files', messageId)] : []),
  ]
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

function inboundHeader(view: EntryView, said: SaidByCustomer): KnownBlock {
  const { from, subject } = said
  const owner = calledParts(said)
  const about = subject === undefined || subject === view.subject ? [] : [word(`\n${cutLine(subject)}`, { bold: true })]
  const way = word(` · ${channelWord(view.channelKind)} · `)
  return paragraph([...nameParts(from), way, instant(view.at), ...owner, ...about])
}

/** The owner is told that their customer wrote again, or whoever stands in for them. */
function calledParts({ ownerId: own, askedBy, automated, counts, called }: SaidByCustomer): Inline[] {
  const ownerId = own ?? askedBy
  const isCalled = counts || (askedBy !== undefined && automated === undefined)
  if (ownerId === undefined || !isCalled) return []
  const { to, insteadOf, because = 'absent' } = called ?? { to: ownerId }
  if (to === undefined)
    return [word(` · ${oneLine(insteadOf ?? 'The owner')} is not there (${because}); who can take it?`)]
  const why = insteadOf === undefined ? [] : [word(`, in place of ${oneLine(insteadOf)} (${because})`)]
  return [word(' · for '), { type: 'user', user_id: to }, ...why]
}

function inboundFooter(view: EntryView, said: SaidByCustomer): KnownBlock[] {
  const missing = said.missing.slice(0, MISSING_MAX).map(({ name, error }) => {
    return `⚠️ ${cutLine(name, NAME_LENGTH)} is not here: ${cutLine(error, REASON_LENGTH)}`
  })
  const { shown, left } = fitting([...missing, ...said.attachments.map(fileLine)], FILES_LENGTH)
  const more = left + said.attachmentsMore
  const files = [...shown, ...(more > 0 ? [`📎 and ${more} more`] : [])]
  const bystander = [...bystanderLines(said.bystander, said.counts), ...blockedLines(said)]
  const anew =
    said.editOf === undefined
      ? []
      : ['✏️ An edit of what they wrote before. A person has said that it asks something new.']
  const isNone = isPersons(said) && !said.counts && !said.isBlocked && said.askedBy === undefined
  const outside = said.askedBy === undefined ? [] : [`🤝 An answer from outside. ${OUTSIDE}`]
  const none = isNone ? [NEEDS_NONE] : []
  const who = [...originLines(view, said), ...outside, ...bystander, ...none, ...anew]
  const lines = [...files, ...who, ...cautionLines(said), ...largeLine(said.raw)]
  return lines.length > 0 ? [paragraph([word(lines.join('\n'))])] : []
}

const isPersons = ({ automated, bystander }: SaidByCustomer) => automated === undefined && bystander === undefined
const NEEDS_NONE = '🔕 A person has said that it needs no answer.'

function fitting(lines: readonly string[], lengthMax: number): { shown: string[]; left: number } {
  let length = 0
  const shown = lines.filter((line) => {
    length += line.length + 1
    return length <= lengthMax
  })
  return { shown, left: lines.length - shown.length }
}

function fileLine({ name, bytes, isComing, error, isRemoved }: SaidFile): string {
  const shown = shownName(name)
  const states = [
    ...(isRisky(shown) ? [' ⚠️ can run on the computer that opens it'] : []),
    ...(isRemoved ? [', taken out by an edit'] : []),
    ...(isComing ? [' ⏳ being fetched'] : []),
    ...(error === undefined ? [] : [` ⚠️ not here: ${cutLine(error, REASON_LENGTH)}`]),
  ]
  return `📎 ${shown} (${sizeWords(bytes)})${states.join('')}`
}

function fileLines(files: SaidByAgent['attachments']): KnownBlock[] {
  const more = files.length > FILES_MAX ? [`📎 and ${files.length - FILES_MAX} more`] : []
  const lines = [
    ...files.slice(0, FILES_MAX).map(({ name, bytes }) => `📎 ${shownName(name)} (${sizeWords(bytes)})`),
    ...more,
  ]
  return lines.length > 0 ? [paragraph([word(lines.join('\n'))])] : []
}

function largeLine(raw: SaidByCustomer['raw']): string[] {
  if (!raw || raw.bytes <= RAW_BYTES_MAX) return []
  return [`⚠️ The original (${sizeWords(raw.bytes)}) is too large to show here; it is kept in Deskbell.`]
}

function outboundText({ contact }: EntryView, said: SaidByAgent): string {
  return escapeMrkdwn(`${oneLine(said.author ?? 'A colleague')} to ${shortName(contact)}: ${sentenceOf(said)}`)
}

function outboundHeader(
  view: EntryView,
  { author, authorId, isAutomatic, isAsking, isElsewhere, recipients, subject }: SaidByAgent,
): KnownBlock {
  const shown = recipients.slice(0, RECIPIENTS_MAX).map((recipient) => cutLine(recipient, NAME_LENGTH))
  const more = recipients.length > RECIPIENTS_MAX ? ` and ${recipients.length - RECIPIENTS_MAX} more` : ''
  // Of a colleague who wrote from the shared mailbox only its address is known.
  const who = author ?? (authorId.includes('@') ? `Somebody at ${authorId}` : undefined)
  const named = who === undefined ? undefined : word(cutLine(who, NAME_LENGTH), { bold: true })
  const way = `${channelWord(view.channelKind)}${isElsewhere ? ', outside Deskbell' : ''}`
  return paragraph([
    named ?? { type: 'user', user_id: authorId },
    word(`${isAutomatic ? '' : isAsking ? ' wrote' : ' replied'} to ${shown.join(', ')}${more} · ${way} · `),
    instant(view.at),
    ...(subject === undefined ? [] : [word(`\n${cutLine(subject)}`, { bold: true })]),
  ])
}

const OUTSIDE = 'For us alone: the customer does not see it, and it does not count as an answer.'

const MARKS = {
  queued: '⏳',
  sending: '⏳',
  accepted: '✅',
  deferred: '⏳',
  rejected: '❌',
  uncertain: '❔',
  parked: '❌',
  undone: '↩️',
  bounced: '❌',
  'partly-delivered': '⚠️',
} satisfies Record<SaidByAgent['delivery'], string>

/** What was given up waits for a person, who decides right here. */
function deliveryBlocks({ messageId }: EntryView, said: SaidByAgent): KnownBlock[] {
  const changes = correctionBlocks(said.correction, said)
  const elements = [
    ...correctButtons(messageId, said.abilities),
    ...saveLetterButton(messageId, said),
    ...(isChanged(said) ? [versionsButton(messageId, { ...said, deletedAt: undefined })] : []),
  ]
  if (said.delivery !== 'parked' || said.isAutomatic) {
    return [deliveryBlock(said), ...changes, ...(elements.length > 0 ? [{ type: 'actions' as const, elements }] : [])]
  }
  return [deliveryBlock(said), { type: 'actions', elements: parkedButtons(messageId) }]
}

/** What a person has said well and the customer has. */
function saveLetterButton(messageId: string, said: SaidByAgent): Button[] {
  const isThere = said.delivery === 'accepted' || said.delivery === 'partly-delivered'
  if (!isThere || said.isAutomatic || said.isAsking || said.deletedAt !== undefined || said.text.trim() === '')
    return []
  return [{ type: 'button', action_id: SAVE_LETTER, text: plain('Save as letter…'), value: messageId }]
}

function sentenceOf({ isAutomatic, isAsking, delivery, reason }: SaidByAgent): string {
  if (isAsking) return questionSentence(delivery, reason)
  return isAutomatic ? acknowledgementSentence(delivery, reason) : deliverySentence(delivery, reason)
}

function deliveryBlock(said: SaidByAgent): KnownBlock {
  const { delivery, dueAt, acceptedAt } = said
  const sentence = word(`${MARKS[delivery]} ${sentenceOf(said)}`)
  if (delivery === 'queued' && dueAt !== undefined) return paragraph([word('⏳ Leaves at '), exactly(dueAt), word('.')])
  if (delivery === 'deferred' && dueAt !== undefined) {
    return paragraph([sentence, word(' Next try at '), exactly(dueAt), word('.')])
  }
  if (delivery === 'accepted' && acceptedAt !== undefined) {
    return paragraph([word('✅ Accepted at '), exactly(acceptedAt), word('.')])
  }
  return paragraph([sentence])
}

/** Undo is a matter of seconds. */
function exactly(at: number): Inline {
  return instant(at, '{time_secs}')
}

function cutLine(text: string, lengthMax = SUBJECT_LENGTH): string {
  return shorten(oneLine(text), lengthMax)
}
