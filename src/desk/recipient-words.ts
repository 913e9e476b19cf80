// Recipients as an agent reads them: by name and address, and with a word for those one should look at twice.
import type { KnownBlock } from '@slack/types'
import type { Address } from '../channel.ts'
import type { RecipientChoice, RecipientChoices } from '../recipients.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { shortenMiddle } from './file-name.ts'
import { type Inline, note, paragraph, word } from './words.ts'

const ADDRESS_LENGTH = 330
const NAME_LENGTH = 60
/** All of them are read out, up to what a view has room for. */
const LISTED_MAX = 200
/** In one block: as many as stay below 3,000 characters. */
const LINES_MAX = 6

/** Undefined for whom nothing need be said of. */
export function markWords({ mark }: Pick<RecipientChoice, 'mark'>, to: { address: string }): string | undefined {
  if (mark === 'new') return 'new in this mail'
  return mark === 'outside' ? `outside ${domainOf(to.address)}` : undefined
}

function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return shortenMiddle(oneLine(domain), NAME_LENGTH) || 'their organisation'
}

/** A name could pretend to be an address, so the address always stands there too. */
export function recipientWords({ name, address }: Address, lengthMax = ADDRESS_LENGTH): string {
  const shown = shortenMiddle(oneLine(address), lengthMax)
  const called = name === undefined ? '' : shorten(oneLine(name.slice(0, 10 * NAME_LENGTH)), NAME_LENGTH)
  const both = called === '' ? shown : `${called}, ${shown}`
  return both.length <= lengthMax || called === '' ? both : shown
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Everybody who gets a copy, one a line, with what is to be said of them. */
export function copiesBlocks(copies: readonly Address[], choices: RecipientChoices | undefined): KnownBlock[] {
  if (copies.length === 0) return []
  const lines = copies.slice(0, LISTED_MAX).map((recipient) => copyLine(recipient, choices))
  const pages = Array.from({ length: Math.ceil(lines.length / LINES_MAX) }, (_, n) => n * LINES_MAX)
  const blocks: KnownBlock[] = pages.map((from) =>
    paragraph(
      lines.slice(from, from + LINES_MAX).flatMap((line, n) => {
        const before = from + n === 0 ? 'Cc: ' : n === 0 ? undefined : '\n'
        return before === undefined ? line : [word(before), ...line]
      }),
    ),
  )
  const hidden = copies.length - LISTED_MAX
  return hidden > 0 ? [...blocks, note(`And ${hidden} more get a copy.`)] : blocks
}

function copyLine(recipient: Address, choices: RecipientChoices | undefined): Inline[] {
  const known = choices?.cc.find(({ address }) => address === recipient.address)
  const mark = known && choices ? markWords(known, choices.to) : undefined
  const name = recipient.name ?? known?.name
  return [
    word(recipientWords({ address: recipient.address, ...(name !== undefined && { name }) })),
    ...(mark === undefined ? [] : [word(` ⚠️ ${mark}`, { bold: true })]),
  ]
}
