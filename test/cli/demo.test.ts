// The demo is the first thing anybody sees: it tells the whole story, ends by itself, and counts what the stand-ins saw.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

interface Told {
  code: number
  lines: string[]
}

function runDemo(words: string[]): Promise<Told> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'demo', ...words], { env: { PATH: process.env.PATH } }, (error, out) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: out.trimEnd().split('\n') })
    })
  })
}

test('the demo tells the story of an answered and of a waiting customer, and ends with its counts', async () => {
  const { code, lines } = await runDemo(['--story', '--json'])
  expect(code).toBe(0)
  const story = lines.join('\n')
  const turns = [
    'Ana    writes',
    'shows a card',
    'picks a letter',
    'has the answer',
    'has ended',
    'Lena   the team lead',
  ]
  const places = turns.map((turn) => story.indexOf(turn))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(story).toContain('npm start')
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    mailsIn: 2,
    cards: 2,
    repliesAccepted: 1,
    windowsAnswered: 1,
    windowsOverdue: 1,
    pings: 1,
  })
})

test('the demo answers a word it does not know with an error and not with a story', async () => {
  const { code, lines } = await runDemo(['--stroy'])
  expect(code).toBe(1)
  expect(lines).toEqual([''])
})
