import { describe, expect, test } from 'vitest'
import { SECOND } from '../src/clock.ts'
import { type ImportProgress, importProgress, renderBar, type Screen } from '../src/import-progress.ts'
import { makeLog } from '../src/log.ts'

const support = (done: number, total = 50_000) => ({ name: 'email:support', done, total })
const sales = (done: number, total = 2000) => ({ name: 'email:sales', done, total })

const ERASE = '\r\u001b[2K'

/** What a terminal shows: lines that scrolled by, and the one it is at. */
function makeScreen(columns: number | undefined, isTTY = true) {
  const lines = ['']
  const screen: Screen = {
    isTTY,
    ...(columns !== undefined && { columns }),
    write(text) {
      for (const [row, line] of text.split('\n').entries()) {
        if (row > 0) lines.push('')
        const erased = line.split(ERASE)
        lines[lines.length - 1] = `${erased.length > 1 ? '' : lines.at(-1)}${erased.at(-1)}`
      }
    },
  }
  return { screen, lines }
}

function makeProgress(columns?: number, isTTY = true) {
  const { screen, lines } = makeScreen(columns, isTTY)
  const logged: Record<string, unknown>[] = []
  const log = makeLog({ level: 'info', secrets: [], write: (line) => void logged.push(JSON.parse(line)) })
  const progress: ImportProgress = importProgress(screen, () => log)
  return { progress, lines, logged }
}

describe('on a terminal', () => {
  test('W15: an import is one line that is redrawn, and one that stays when it is over', () => {
    const { progress, lines } = makeProgress(120)
    progress.show([], 0)
    expect(lines).toEqual([''])
    progress.show([support(0)], 0)
    progress.show([support(21_034)], 60 * SECOND)
    expect(lines).toEqual([
      'Importing support 42 %  [=============                 ]  21,034 of 50,000 mails, about 83 s left',
    ])
    progress.show([], 90 * SECOND)
    expect(lines).toEqual(['Imported support: 50,000 mails.', ''])
  })

  test('a line of the log does not tear the bar', () => {
    const { progress, lines } = makeProgress(80)
    progress.line('{"before":1}\n')
    progress.show([support(5000)], 0)
    progress.line('{"msg":"hello"}\n')
    expect(lines).toEqual(['{"before":1}', '{"msg":"hello"}', expect.stringMatching(/^Importing support 10 %/)])
  })

  test('a program that is stopped leaves the bar where it is, on a line of its own', () => {
    const { progress, lines } = makeProgress(80)
    progress.end()
    progress.show([support(5000)], 0)
    progress.end()
    progress.line('{"msg":"stopped"}\n')
    expect(lines).toEqual([expect.stringMatching(/^Importing support 10 %/), '{"msg":"stopped"}', ''])
  })

  test('several mailboxes share the line, and each ends with its own', () => {
    const { progress, lines } = makeProgress(120)
    progress.show([support(0), sales(0)], 0)
    progress.show([support(25_000), sales(500)], 10 * SECOND)
    expect(lines.at(-1)).toMatch(
      /^Importing support 50 %, sales 25 % {2}\[=+ +\] {2}25,500 of 52,000 mails, about 30 s left$/,
    )
    progress.show([support(30_000)], 20 * SECOND)
    expect(lines).toEqual(['Imported sales: 2,000 mails.', expect.stringMatching(/^Importing support 60 %/)])
  })

  // Seen failing with the columns not asked.
  test.each([200, 80, 60, 45, 30, 12, 1, 0])('it never wraps, be the terminal %i columns wide', (columns) => {
    const all = [support(21_034), sales(7)].map((each) => ({ ...each, from: 0, since: 0 }))
    const bar = renderBar(all, 100 * SECOND, columns)
    expect(bar.length).toBeLessThanOrEqual(Math.max(0, columns - 1))
    expect(bar).not.toMatch(/\n/)
    if (columns >= 45) expect(bar).toContain('support 42 %')
  })

  test('nobody is promised a time before some of it is done, and nothing in it is nothing', () => {
    expect(renderBar([{ ...support(7000), from: 7000, since: 0 }], 5 * SECOND, 120)).not.toContain('left')
    expect(renderBar([{ ...support(0, 0), from: 0, since: 0 }], 5 * SECOND, 120)).toContain('100 %')
    expect(renderBar([], 0, 80)).toBe('')
  })
})

test('W15: without a terminal every tenth of an import is a line of the log, once', () => {
  const { progress, lines, logged } = makeProgress(undefined, false)
  for (let done = 0; done <= 1000; done += 10) {
    progress.show([support(done, 1000)], done)
    progress.show([support(done, 1000)], done)
  }
  progress.show([], 2000)
  expect(lines).toEqual([''])
  expect(logged.map(({ msg }) => msg)).toEqual([
    ...Array.from({ length: 10 }, (_, tenth) => `import: ${(tenth + 1) * 10} %`),
    'import: done',
  ])
  expect(logged[3]).toMatchObject({ channel: 'email:support', done: 400, total: 1000 })
})
