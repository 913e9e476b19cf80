// What belongs to a letter and can be taken out of it in its form: its files and its questions.
import type { InputBlock } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import type { Ask } from '../template/ask.ts'
import { shortenMiddle } from './file-name.ts'
import type { OpenView } from './interaction.ts'
import { plain } from './words.ts'

const FILES = 'attachments'
const ASKS = 'ask'
const OPTION_LENGTH_MAX = 75

/** What the form carries back to us, in the order in which it asks. */
export interface Belongings {
  files?: readonly string[]
  /** The names of the questions. */
  asks?: readonly string[]
}

/** `kept`: the files that are still there. A file that has gone can be taken out without anybody's help. */
export function fileBoxes(files: readonly string[], kept: readonly string[]): InputBlock[] {
  return boxes({
    ...{ block_id: FILES, label: 'Files of this letter', hint: 'What is unticked does not go with it any more.' },
    options: files.map((file) => ({ label: shortenMiddle(file, OPTION_LENGTH_MAX), isTicked: kept.includes(file) })),
  })
}

export function askBoxes(asks: readonly Pick<Ask, 'name' | 'label'>[]): InputBlock[] {
  return boxes({
    ...{ block_id: ASKS, label: 'What it asks whoever sends it' },
    hint: 'What is unticked is not asked any more; take its {{ fill.… }} out of the text, too.',
    options: asks.map(({ name, label }) => ({
      label: shorten(`${name}: ${label}`, OPTION_LENGTH_MAX),
      isTicked: true,
    })),
  })
}

function boxes(of: {
  block_id: string
  label: string
  hint: string
  options: { label: string; isTicked: boolean }[]
}): InputBlock[] {
  if (of.options.length === 0) return []
  const { block_id, label, hint } = of
  const options = of.options.map((option, n) => ({ text: plain(option.label), value: String(n) }))
  const initial = options.filter((_, n) => of.options[n]?.isTicked)
  const element = {
    ...{ type: 'checkboxes' as const, action_id: block_id, options },
    ...(initial.length > 0 && { initial_options: initial }),
  }
  return [{ type: 'input', block_id, optional: true, label: plain(label), hint: plain(hint), element }]
}

/** What is ticked; nothing about what the letter never had. */
export function readBelongings(view: OpenView): { attachments?: string[]; asks?: string[] } {
  const { files = [], asks = [] } = JSON.parse(view.metadata) as Belongings
  const ticked = (all: readonly string[], id: string) =>
    all.filter((_, n) => view.chosenMany(id, id).includes(String(n)))
  return {
    ...(files.length > 0 && { attachments: ticked(files, FILES) }),
    ...(asks.length > 0 && { asks: ticked(asks, ASKS) }),
  }
}
