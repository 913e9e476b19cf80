import { expect, test } from 'vitest'
import { insertedAs } from '../../src/desk/body-input.ts'
import { findOpenAsk, finish, readDraft } from '../../src/desk/finished-letter.ts'
import type { OpenView } from '../../src/desk/interaction.ts'
import { richFromMarkdown } from '../../src/slack/markdown-rich.ts'
import { letter } from './desk.ts'

const THEN = letter('late', 'It comes on {{ fill.day }}.', 'ask: { day: Which day? }\n')
const NOW = letter('late', 'It comes at {{ fill.time }}, sorry.', 'ask: { time: When? }\n')

/** A composer in which `THEN` was chosen, and its one question answered. */
function composer(text: string): OpenView {
  const meta = { conversationId: 'v', at: 'C', rev: 1, letter: THEN.key, inserted: insertedAs(text, THEN) }
  const typed = (blockId: string) => (blockId === 'fill-en/late-day' ? 'Monday' : '')
  return {
    ...{ metadata: JSON.stringify(meta), blocks: [{ type: 'input', block_id: 'fill-en/late-day' }] },
    ...{ rich: () => richFromMarkdown(text), typed },
  } as unknown as OpenView
}

// Another program of the same installation, or this one started anew, has never had the letter as it was.
test('T2: where nobody knows any more how a letter was, the text leaves as it stands, and no field is asked for that the form lacks', async () => {
  const shelf = { retired: () => [], asChosen: () => undefined } as never
  const draft = readDraft({ letters: () => [NOW], shelf }, composer('It comes on Monday.'))
  expect(draft).toMatchObject({ use: 'edited', asks: [] })
  expect(findOpenAsk(draft)).toBeUndefined()
  expect(await finish(draft, async () => ({}))).toBe('It comes on Monday.')

  const known = readDraft(
    { letters: () => [NOW], shelf: { retired: () => [], asChosen: () => THEN } as never },
    composer('It comes on ⟦day⟧.'),
  )
  expect(known.use).toBe('answered')
  expect(await finish(known, async () => ({}))).toBe('It comes on Monday.')
})
