// The composer as the agent sees it: to whom, what they asked, a letter to start from, and the text.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Aim } from '../aim.ts'
import type { Message } from '../message.ts'
import type { RecipientChoices } from '../recipients.ts'
import { shorten } from '../slack/mrkdwn.ts'
import type { NamesOfUsers } from '../slack/rich-markdown.ts'
import type { Answers } from '../template/ask.ts'
import type { Letter } from '../template/letter.ts'
import { bodyInput, readBody } from './body-input.ts'
import { dateMark } from './card.ts'
import { enclosureInput } from './enclosure-input.ts'
import { type FileLimits, fileInput } from './file-input.ts'
import { shortenMiddle } from './file-name.ts'
import { fillInputs } from './fill-input.ts'
import type { OpenView } from './interaction.ts'
import { letterMenu, type Offered } from './letter-menu.ts'
import { customerName, newWords, type Question, wayWords } from './question.ts'
import { ccInput } from './recipient-input.ts'
import { markWords } from './recipient-words.ts'
import { instant, note, paragraph, plain, quote, word } from './words.ts'

export const COMPOSER = 'composer'
export const AFRESH = 'start_afresh'

const QUOTED_LENGTH_MAX = 600
const NAME_LENGTH_MAX = 200
const ADDRESS_LENGTH_MAX = 400

/** What the view carries back to us: what the agent was shown, and what we put into the field. */
export interface ComposerMeta {
  conversationId: string
  /** The desk's channel, where a word about it can be said. */
  at: string
  identityId: string
  /** The newest message of any kind when the composer opened. */
  seenSeq: number
  /** Its own name: what was written in it is kept under it. */
  composer?: string
  /** Counts our changes of the field: Slack takes a new text only under a new block id. */
  rev: number
  letter?: string
  /** The note in the thread the text came from. */
  noteId?: string
  /** Unless it goes where the conversation's customer asked. */
  aim?: Aim
  /** The fingerprint of the letter as it was put in, to know whether anybody has touched it, and the letter's own mark. */
  inserted?: string
}

export interface Composer {
  question: Question
  recipients: RecipientChoices
  /** Who is ticked already, by value. */
  ticked?: readonly string[] | undefined
  limits: FileLimits
  meta: ComposerMeta
  /** Markdown. */
  text: string
  offered: Offered
  /** The letter the text came from; what it asks is asked here while the text is still to be filled in. */
  letter?: Letter | undefined
  /** What was answered of what the letter asks. */
  answers?: Answers | undefined
  /** When what stands here was written, and the form closed. */
  keptAt?: number | undefined
  /** The names of colleagues who have a composer open as well. */
  others?: readonly string[]
  notice?: string | undefined
}

export function composerView(composer: Composer): ModalView {
  const { question, recipients, ticked, limits, meta, text, offered, letter, notice, others = [] } = composer
  const { to } = recipients
  const mark = markWords(to, question.identity)
  const inserted = meta.inserted === undefined ? undefined : letter
  return {
    type: 'modal',
    callback_id: COMPOSER,
    private_metadata: JSON.stringify(meta),
    title: plain('Reply'),
    submit: plain('Preview'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [
      ...others.map((name) => note(`✍️ ${shorten(name, NAME_LENGTH_MAX)} is writing an answer here too.`)),
      addressee(question.conversation.channel, to),
      ...(mark === undefined ? [] : [note(`⚠️ This address is ${mark}.`)]),
      ...ccInput(recipients, ticked),
      ...question.waiting.flatMap((message) =>
        asked(message, question.authors.get(message.author) ?? customerName(question.identity)),
      ),
      ...keptBlocks(composer),
      ...letterMenu(offered, letter, meta.rev),
      ...(notice ? [note(notice)] : []),
      ...(inserted ? fillInputs(inserted.key, inserted.asks, composer.answers) : []),
      bodyInput({
        ...{ blockId: bodyBlock(meta), label: 'Your answer', markdown: text },
        hint: 'Up to 12,000 characters; bold, lists and links arrive as such. Next you see exactly what leaves.',
      }),
      ...(inserted ? enclosureInput(inserted.key, inserted.enclosures) : []),
      ...fileInput(limits),
    ],
  }
}

function keptBlocks({ keptAt, meta }: Composer): KnownBlock[] {
  if (keptAt === undefined) return []
  const sure = {
    ...{ title: plain('Start afresh?'), text: plain('The text that you had begun is deleted.') },
    ...{ confirm: plain('Start afresh'), deny: plain('Keep it') },
  }
  return [
    {
      type: 'section',
      text: { type: 'mrkdwn', text: `Your draft from ${dateMark(keptAt)} is here.` },
      accessory: {
        ...{
          type: 'button',
          action_id: AFRESH,
          text: plain('Start afresh'),
          value: meta.conversationId,
          confirm: sure,
        },
      },
    },
  ]
}

/** Shown when our own data is slow; it is replaced as soon as that is there. */
export function loadingView(title = 'Reply'): ModalView {
  return {
    type: 'modal',
    callback_id: 'loading',
    title: plain(title),
    close: plain('Cancel'),
    blocks: [paragraph([word('Loading…')])],
  }
}

export function addressee(channel: string, identity: { name?: string | undefined; address: string }): KnownBlock {
  const address = shortenMiddle(identity.address, ADDRESS_LENGTH_MAX)
  // A name with line breaks in it could pretend to be more than a name.
  const name = identity.name && shorten(identity.name.replaceAll(/\s+/g, ' '), NAME_LENGTH_MAX)
  const who = name === undefined ? [word(address, { bold: true })] : [word(name, { bold: true }), word(`, ${address}`)]
  return paragraph([word('To: '), ...who, word(`, ${wayWords(channel)}`)], 'to')
}

/** What the customer wrote, as far as there is room. */
export function asked(message: Message, name: string): KnownBlock[] {
  return [
    paragraph([
      word(shorten(name, NAME_LENGTH_MAX), { bold: true }),
      word(' wrote '),
      instant(message.arrived_at),
      word(message.edited_at === null ? '' : ', edited since'),
    ]),
    quote(
      message.deleted_at === null
        ? shorten(newWords(message).trim(), QUOTED_LENGTH_MAX)
        : '(deleted by its author; the thread has what it said)',
    ),
  ]
}

export function bodyBlock({ rev }: Pick<ComposerMeta, 'rev'>): string {
  return `body-${rev}`
}

/** What stands in an open composer. */
export function readComposer(
  view: OpenView,
  names?: NamesOfUsers,
): { meta: ComposerMeta; text: string; objections: string[] } {
  const meta = readMeta(view)
  const { markdown, objections } = readBody(view, bodyBlock(meta), names)
  return { meta, text: markdown, objections }
}

export function readMeta(view: OpenView): ComposerMeta {
  return JSON.parse(view.metadata) as ComposerMeta
}
