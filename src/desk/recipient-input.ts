// Who else gets a copy, as the agent ticks it: those the answered message names, the doubtful ones left for a person to decide.
import { createHash } from 'node:crypto'
import type { KnownBlock, PlainTextOption } from '@slack/types'
import type { RecipientChoice, RecipientChoices } from '../recipients.ts'
import type { OpenView } from './interaction.ts'
import { markWords, recipientWords } from './recipient-words.ts'
import { note, plain } from './words.ts'

export const CC_BLOCK = 'cc'
const CC_ACTION = 'cc'

/** Slack takes ten boxes; more become a menu. */
const BOXES_MAX = 10
const OPTIONS_MAX = 100
const OPTION_LENGTH = 75
/** More than a view has room for. */
const CHOICES_MAX = 200

/** `chosen` is what is ticked already, by value; without it, what is ticked for a start. */
export function ccInput({ to, cc }: RecipientChoices, chosen?: readonly string[]): KnownBlock[] {
  const offered = cc.slice(0, CHOICES_MAX)
  if (offered.length === 0) return []
  const isChosen = (choice: RecipientChoice) => (chosen ? chosen.includes(ccValue(choice)) : choice.ticked)
  const optionOf = offered.length <= BOXES_MAX ? boxOf : lineOf
  const options = offered.map((choice) => optionOf(choice, markWords(choice, to)))
  const initial = options.filter((_, n) => offered[n] && isChosen(offered[n]))
  const first = { action_id: CC_ACTION, ...(initial.length > 0 && { initial_options: initial }) }
  return [
    {
      type: 'input',
      block_id: CC_BLOCK,
      optional: true,
      label: plain('Copy to (Cc)'),
      element:
        options.length <= BOXES_MAX
          ? { type: 'checkboxes', ...first, options }
          : { type: 'multi_static_select', ...first, placeholder: plain('Nobody gets a copy'), ...grouped(options) },
    },
    ...(cc.length > offered.length ? [note(`${cc.length - offered.length} more are named; they get no copy.`)] : []),
  ]
}

/** The address comes before the name where there is not room for both; the preview has both in full. */
function boxOf(choice: RecipientChoice, mark: string | undefined): PlainTextOption {
  const label = recipientWords(choice, OPTION_LENGTH)
  return {
    text: plain(label),
    value: ccValue(choice),
    ...(mark !== undefined && { description: plain(`⚠️ ${mark}`.slice(0, OPTION_LENGTH).toWellFormed()) }),
  }
}

/** A menu shows what is chosen by its first line alone. */
function lineOf(choice: RecipientChoice, mark: string | undefined): PlainTextOption {
  const before = mark === undefined ? '' : `⚠️ ${choice.mark}: `
  return { text: plain(`${before}${recipientWords(choice, OPTION_LENGTH - before.length)}`), value: ccValue(choice) }
}

function grouped(options: PlainTextOption[]) {
  if (options.length <= OPTIONS_MAX) return { options }
  const pages = Array.from({ length: Math.ceil(options.length / OPTIONS_MAX) }, (_, n) => n * OPTIONS_MAX)
  return {
    option_groups: pages.map((from) => ({
      label: plain(`${from + 1} to ${Math.min(from + OPTIONS_MAX, options.length)}`),
      options: options.slice(from, from + OPTIONS_MAX),
    })),
  }
}

/** Names the address itself and not its place in the list: the list may have changed by the time it is sent. */
function ccValue({ address }: Pick<RecipientChoice, 'address'>): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 32)
}

/** Values of what is ticked in an open composer. */
export function tickedIn(view: OpenView): string[] {
  return view.chosenMany(CC_BLOCK, CC_ACTION)
}

/** As they are ticked, those of these addresses that can be chosen. */
export function valuesOf(addresses: readonly string[], { cc }: RecipientChoices): string[] {
  return cc.filter(({ address }) => addresses.includes(address)).map(ccValue)
}

/** The addresses behind them; undefined when the message that is answered now does not name one of them. */
export function readCopies(ticked: readonly string[], { cc }: RecipientChoices): string[] | undefined {
  const addresses = ticked.map((value) => cc.find((choice) => ccValue(choice) === value)?.address)
  return addresses.every((address) => address !== undefined) ? addresses : undefined
}
