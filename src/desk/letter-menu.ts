// The composer's menu of letters: what fits as buttons, all others in a list that searches their names, shortcuts and words.
import type { ActionsBlock, ActionsBlockElement, KnownBlock, PlainTextOption } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import type { Letter } from '../template/letter.ts'
import type { Advice, Advisor } from './advisor.ts'
import { newWords, type Question } from './question.ts'
import { note, plain } from './words.ts'

export const LETTER_ACTION = 'letter'
/** One for each letter that fits. */
export const SUGGESTED_ACTIONS = ['letter_1', 'letter_2', 'letter_3'] as const
export const NAME_ACTION = 'called_by'

/** Slack shows no more in all groups together. */
const OPTIONS_MAX = 100
const OPTION_LENGTH_MAX = 75
const BUTTON_LENGTH_MAX = 40

export function letterMenu(
  offered: { suggested: readonly Letter[]; hasLetters: boolean },
  chosen: Letter | undefined,
  rev: number,
): KnownBlock[] {
  const { suggested, hasLetters } = offered
  // Under the same name Slack would keep showing what was chosen in it before, or that nothing was.
  const block_id = `letter-${rev}`
  if (!hasLetters) return [{ type: 'actions', block_id, elements: [nameButton()] }]
  const menu: ActionsBlockElement = {
    type: 'external_select',
    action_id: LETTER_ACTION,
    placeholder: plain('Start from a letter'),
    min_query_length: 0,
    ...(chosen && { initial_option: optionOf(chosen) }),
  }
  const block: ActionsBlock = { type: 'actions', block_id, elements: [menu, nameButton()] }
  if (suggested.length === 0 || chosen) return [block]
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
  ]
}

function nameButton(): ActionsBlockElement {
  return { type: 'button', action_id: NAME_ACTION, text: plain('How to call them…') }
}

/** What the list shows for what was typed into it. */
export async function listOptions(advisor: Advisor, question: Question, query: string) {
  if (query.trim() !== '') {
    const found = await advisor.find(query, question.conversation.channel, question.language)
    return groupsOf([{ label: 'Found', letters: found }])
  }
  const { suggested, languages } = await advise(advisor, question)
  const rest = languages.map(({ language, letters }) => ({
    label: language,
    letters: letters.filter((letter) => !suggested.includes(letter)),
  }))
  return groupsOf([{ label: 'These fit what they wrote', letters: suggested }, ...rest])
}

export async function advise(advisor: Advisor, { conversation, waiting, language }: Question): Promise<Advice> {
  const words = [conversation.subject ?? '', ...waiting.map(newWords)].join('\n')
  return await advisor.advise({ channel: conversation.channel, words, language })
}

/** As Slack's list takes them: none of them empty, and not too many in all. */
export function groupsOf(groups: { label: string; letters: Letter[] }[]) {
  let room = OPTIONS_MAX
  return groups.flatMap(({ label, letters }) => {
    const options = letters.slice(0, room).map(optionOf)
    room -= options.length
    return options.length === 0 ? [] : [{ label: plain(label), options }]
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
