// The files that come with a letter: ticked in the composer, read from the folder of letters when a preview is made.
import { readFile } from 'node:fs/promises'
import type { KnownBlock } from '@slack/types'
import { type OutboundAttachment, SendError } from '../channel.ts'
import type { Enclosure } from '../template/letter-file.ts'
import { shortenMiddle, shownName, sizeWords } from './file-name.ts'
import { LETTER_LENGTH_MAX } from './fill-input.ts'
import type { OpenView } from './interaction.ts'
import { plain } from './words.ts'

const ACTION = 'enclosed'
const NAME_LENGTH = 50

/** A block of its own for every letter, so that each begins with all of its files. */
export function enclosureBlock(letter: string): string {
  return `enclosed-${letter.slice(0, LETTER_LENGTH_MAX)}`
}

export function enclosureInput(letter: string, enclosures: readonly Enclosure[]): KnownBlock[] {
  if (enclosures.length === 0) return []
  const options = enclosures.map(({ name, bytes }, n) => ({
    text: plain(`${shortenMiddle(shownName(name), NAME_LENGTH)} (${sizeWords(bytes)})`),
    value: String(n),
  }))
  return [
    {
      type: 'input',
      block_id: enclosureBlock(letter),
      optional: true,
      label: plain('Files of this letter'),
      element: { type: 'checkboxes', action_id: ACTION, options, initial_options: options },
    },
  ]
}

/** Throws a `SendError` for a file that was taken away meanwhile. */
export async function takeEnclosures(
  view: OpenView,
  letter: string,
  enclosures: readonly Enclosure[],
): Promise<OutboundAttachment[]> {
  const ticked = view.chosenMany(enclosureBlock(letter), ACTION)
  const chosen = enclosures.filter((_, n) => ticked.includes(String(n)))
  return await Promise.all(
    chosen.map(async ({ name, type, path }) => {
      const content = await readFile(path).catch((cause: unknown) => {
        const said = `${name}, a file of this letter, is not in the folder of letters any more. Untick it, or choose the letter again.`
        throw new SendError({ kind: 'rejected' }, said, { cause })
      })
      return { name, type, content: new Uint8Array(content) }
    }),
  )
}
