// The composer as the agent sees it: to whom, what they asked, a letter to start from, and the text.
import { createHash } from 'node:crypto'
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import { channelKind } from '../channel.ts'
import type { Message } from '../message.ts'
import type { RecipientChoices } from '../recipients.ts'
import { shorten } from '../slack/mrkdwn.ts'
import type { Letter } from '../template/letter.ts'
import { type FileLimits, fileInput } from './file-input.ts'
import { shortenMiddle } from './file-name.ts'
import type { OpenView } from './interaction.ts'
import { channelWord, customerName, newWords, type Question } from './question.ts'
import { ccInput } from './recipient-input.ts'
import { markWords } from './recipient-words.ts'
import { instant, note, paragraph, plain, quote, word } from './words.ts'

export const COMPOSER = 'composer'
export const LETTER_ACTION = 'letter'

/** Slack takes no more in one field. */
export const BODY_LENGTH_MAX = 3000
const QUOTED_LENGTH_MAX = 600
const NAME_LENGTH_MAX = 200
const ADDRESS_LENGTH_MAX = 400
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75

/** What the view carries back to us: what the agent was shown, and what we put into the field. */
export interface ComposerMeta {
  conversationId: string
  /** The desk's channel, where a word about it can be said. */
  at: string
  identityId: string
  /** The newest message of any kind when the composer opened. */
  seenSeq: number
  /** Counts our changes of the field: Slack takes a new text only under a new block id. */
  rev: number
  letter?: string
  /** The note in the thread the text came from. */
  noteId?: string
  /** The fingerprint of the letter as it was put in, to know whether anybody has touched it. */
  inserted?: string
}

export interface Composer {
  question: Question
  recipients: RecipientChoices
  /** Who is ticked already, by value. */
  ticked?: readonly string[] | undefined
  limits: FileLimits
  meta: ComposerMeta
  text: string
  letters: readonly Letter[]
  notice?: string | undefined
}

export function composerView(composer: Composer): ModalView {
  const { question, recipients, ticked, limits, meta, text, letters, notice } = composer
  const { to } = recipients
  const mark = markWords(to, question.identity)
  return {
    type: 'modal',
    callback_id: COMPOSER,
    private_metadata: JSON.stringify(meta),
    title: plain('Reply'),
    submit: plain('Preview'),
    close: plain('Cancel'),
    blocks: [
      addressee(question.conversation.channel, to),
      ...(mark === undefined ? [] : [note(`⚠️ This address is ${mark}.`)]),
      ...ccInput(recipients, ticked),
      ...question.waiting.flatMap((message) =>
        asked(message, question.authors.get(message.author) ?? customerName(question.identity)),
      ),
      ...letterMenu(letters, meta.letter),
      ...(notice ? [note(notice)] : []),
      {
        type: 'input',
        block_id: bodyBlock(meta),
        label: plain('Your answer'),
        hint: plain('Up to 3,000 characters; **bold**, lists and links work. Next you see exactly what leaves.'),
        // An empty field is answered by us, with what to do, and not by Slack's own words.
        optional: true,
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: BODY_LENGTH_MAX,
          ...(text !== '' && { initial_value: text }),
        },
      },
      ...fileInput(limits),
    ],
  }
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
  return paragraph([word('To: '), ...who, word(`, by ${channelWord(channel)}`)], 'to')
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

function letterMenu(letters: readonly Letter[], chosen: string | undefined): KnownBlock[] {
  const groups = groupsOf(letters)
  const initial = groups.flatMap(({ options }) => options).find(({ value }) => value === chosen)
  if (groups.length === 0) return []
  const choice = groups.length === 1 ? { options: groups[0]?.options ?? [] } : { option_groups: groups }
  return [
    {
      type: 'actions',
      block_id: 'letter',
      elements: [
        {
          type: 'static_select',
          action_id: LETTER_ACTION,
          placeholder: plain('Start from a letter'),
          ...choice,
          ...(initial && { initial_option: initial }),
        },
      ],
    },
  ]
}

function groupsOf(letters: readonly Letter[]): { label: PlainTextOption['text']; options: PlainTextOption[] }[] {
  const languages = [...new Set(letters.map(({ language }) => language))]
  return languages.flatMap((language) => {
    const options = letters.filter((letter) => letter.language === language).map(optionOf)
    const pages = Math.ceil(options.length / OPTIONS_MAX)
    return Array.from({ length: pages }, (_, page) => ({
      label: plain(pages > 1 ? `${language}, ${page + 1} of ${pages}` : language),
      options: options.slice(page * OPTIONS_MAX, (page + 1) * OPTIONS_MAX),
    }))
  })
}

function optionOf(letter: Letter): PlainTextOption {
  return {
    text: plain(shorten(letter.title, OPTION_LENGTH_MAX)),
    description: plain(shorten(letter.when, OPTION_LENGTH_MAX)),
    value: letterValue(letter),
  }
}

/** A letter as the menu names it. */
export function letterValue({ key }: Letter): string {
  return key.slice(0, OPTION_LENGTH_MAX)
}

export function lettersFor(letters: readonly Letter[], channel: string): Letter[] {
  return letters.filter(({ channels }) => channels?.includes(channelKind(channel)) ?? true)
}

export function bodyBlock({ rev }: Pick<ComposerMeta, 'rev'>): string {
  return `body-${rev}`
}

/** What stands in an open composer. */
export function readComposer(view: OpenView): { meta: ComposerMeta; text: string } {
  const meta = JSON.parse(view.metadata) as ComposerMeta
  return { meta, text: view.typed(bodyBlock(meta), 'text') }
}

export function fingerprint(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex').slice(0, 16)
}
