import { expect, test } from 'vitest'
import { explanation } from '../../src/desk/why.ts'
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import { eachDatabase } from '../setup/database.ts'
import { makeActingDesk } from './acting.ts'

test('a long explanation keeps to what Slack shows, with the newest windows in it', () => {
  const lines = Array.from({ length: 60 }, (_, n) => [`# Window ${n} ${'x'.repeat(200)}`, 'y'.repeat(4000), '']).flat()
  const blocks = explanation(lines)
  expect(checkBlocks(blocks, 'message', '/blocks')).toEqual([])
  const shown = readBlocks(blocks)
  expect(shown).toContain('The 40 oldest are left out here.')
  expect(shown).toContain('Window 59')
  expect(shown).not.toContain('Window 39 ')
})

test('words that look like Slack’s marks are shown as they are', () => {
  expect(readBlocks(explanation(['# <!channel>', '<@U1> *x*']))).toBe('<!channel>\n<@U1> *x*')
})

eachDatabase((open) => {
  test('W6: an agent asks a card why, and reads how its window came about', async () => {
    const asked: string[] = []
    const explain = async (id: string) => {
      asked.push(id)
      return ['# Waiting since 09:00', 'started by the first message', 'due 24 hours later']
    }
    const desk = await makeActingDesk(open, { explain })
    const id = await desk.customerWrites('Is it in stock?')
    await desk.more(desk.maya, 'why')
    const shown = await desk.waitForScreen(desk.maya, 'Waiting since')
    expect(shown).toBe(
      'Why?\nAda Lovelace\nWaiting since 09:00\nstarted by the first message\ndue 24 hours later\n[Close]',
    )
    expect(asked).toEqual([id])
  })
})
