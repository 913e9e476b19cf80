// The composer's menu of letters: what fits as buttons, all others in a list that searches their names, shortcuts and words.
import { createHash } from 'node:crypto'
import type { ActionsBlock, ActionsBlockElement, KnownBlock, PlainTextOption } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import type { Letter } from '../template/letter.ts'
import type { Advice, Advisor, Asking } from './advisor.ts'
import { newWords, type Question } from './question.ts'
import { note, plain } from './words.ts'

export const LETTER_ACTION = 'letter'
/** One for each letter that fits. */
export const SUGGESTED_ACTIONS = ['letter_1', 'letter_2', 'letter_3'] as const
export const NAME_ACTION = 'called_by'
export const LETTERS_ACTION = 'letters'

/** Slack shows no more in all groups together. */
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75
const BUTTON_LENGTH_MAX = 40

export interface Offered {
  /** Those that fit what the customer wrote. */
  suggested: readonly Letter[]
  /** Whether there are any at all. */
  hasLetters: boolean
  /** The titles of those that are left out, what this agent used lately first. */
  broken?: readonly string[]
}

export function letterMenu(offered: Offered, chosen: Letter | undefined, rev: number): KnownBlock[] {
  const { suggested, hasLetters } = offered
  const leftOut = leftOutNote(offered.broken)
  // Under the same name Slack would keep showing what was chosen in it before, or that nothing was.
  const block_id = `letter-${rev}`
  if (!hasLetters) return [{ type: 'actions', block_id, elements: [nameButton(), lettersButton()] }, ...leftOut]
  const menu: ActionsBlockElement = {
    type: 'external_select',
    action_id: LETTER_ACTION,
    placeholder: plain('Start from a letter'),
    min_query_length: 0,
    ...(chosen && { initial_option: optionOf(chosen) }),
  }
  const block: ActionsBlock = { type: 'actions', block_id, elements: [menu, nameButton(), lettersButton()] }
  if (suggested.length === 0 || chosen) return [block, ...leftOut]
  const buttons = suggested.map(
    (letter, n): ActionsBlockElement => ({
      type: 'button',
      action_id: SUGGESTED_ACTIONS[n] ?? LETTER_ACTION,
      text: plain(shorten(letter.title, BUTTON_LENGTH_MAX)),
      value: letterValue(letter),
    }),
  )
  return [
    note('Letters that fit what they wrote'),
    { type: 'actions', block_id: 'suggested', elements: buttons },
    block,
    ...leftOut,
  ]
}

const NAMED_MAX = 3

/** Whoever looks for one of them should not think that it is gone. */
function leftOutNote(broken: readonly string[] = []): KnownBlock[] {
  if (broken.length === 0) return []
  const named = broken.slice(0, NAMED_MAX).map((title) => `“${shorten(title, OPTION_LENGTH_MAX)}”`)
  const more = broken.length > NAMED_MAX ? [`${broken.length - NAMED_MAX} more`] : []
  return [note(`⚠️ Broken and not offered: ${[...named, ...more].join(', ')}. Letters… says why and who can mend it.`)]
}

function nameButton(): ActionsBlockElement {
  return { type: 'button', action_id: NAME_ACTION, text: plain('How to call them…') }
}

function lettersButton(): ActionsBlockElement {
  return { type: 'button', action_id: LETTERS_ACTION, text: plain('Letters…') }
}

/** What the list shows for what was typed into it. */
export async function listOptions(advisor: Advisor, question: Question, agentId: string, query: string) {
  const counts = await advisor.counts()
  if (query.trim() !== '') {
    const found = await advisor.find(query, askingOf(question, agentId))
    return groupsOf([{ label: 'Found', letters: found }], counts)
  }
  const { suggested, recent, languages } = await advise(advisor, question, agentId)
  const used = recent.filter((letter) => !suggested.includes(letter))
  const rest = languages.map(({ language, letters }) => ({
    label: language,
    letters: letters.filter((letter) => !suggested.includes(letter) && !used.includes(letter)),
  }))
  const groups = [
    { label: 'These fit what they wrote', letters: suggested },
    { label: 'You used them last', letters: used },
    ...rest,
  ]
  return groupsOf(groups, counts)
}

function askingOf({ conversation: { channel, desk }, language }: Question, agentId: string | undefined): Asking {
  return { channel, desk, language, ...(agentId !== undefined && { agentId }) }
}

export async function advise(advisor: Advisor, question: Question, agentId?: string): Promise<Advice> {
  const { conversation, waiting } = question
  const words = [conversation.subject ?? '', ...waiting.map(newWords)].join('\n')
  return await advisor.advise({ ...askingOf(question, agentId), words })
}

/** As Slack's list takes them: none of them empty, and not too many in all. */
export function groupsOf(
  groups: { label: string; letters: Pick<Letter, 'key' | 'title' | 'when'>[] }[],
  counts?: ReadonlyMap<string, number>,
) {
  let room = OPTIONS_MAX
  return groups.flatMap(({ label, letters }) => {
    const options = letters.slice(0, room).map((letter) => optionOf(letter, counts?.get(letter.key)))
    room -= options.length
    return options.length === 0 ? [] : [{ label: plain(label), options }]
  })
}

/** With how often it was sent lately, where that is known. */
export function optionOf(letter: Pick<Letter, 'key' | 'title' | 'when'>, sent = 0): PlainTextOption {
  const used = sent === 0 ? '' : `Sent ${sent}× · `
  return {
    text: plain(shorten(letter.title, OPTION_LENGTH_MAX)),
    description: plain(shorten(`${used}${letter.when}`, OPTION_LENGTH_MAX)),
    value: letterValue(letter),
  }
}

/** With what is to be done with a letter before it. */
const VALUE_LENGTH_MAX = 64
const MARK_LENGTH = 16

/** A letter as menus name it: by its key, or, where Slack would have no room for that, so that no other has the same name. */
export function letterValue({ key }: Pick<Letter, 'key'>): string {
  if (key.length <= VALUE_LENGTH_MAX) return key
  const mark = createHash('sha256').update(key).digest('hex').slice(0, MARK_LENGTH)
  return `${key.slice(0, VALUE_LENGTH_MAX - MARK_LENGTH - 1)}~${mark}`
}
