import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { openLetters } from '../../src/template/letter-store.ts'
import { HEAD } from './letters.ts'

test('T1: a letter that is changed while the program runs is there, a broken one goes and is reported, the others stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'en'))
  const write = (name: string, body: string) =>
    writeFile(join(root, 'en', `${name}.md`), HEAD.replace('Test', name) + body)
  await write('one', 'Hello')
  const said: string[] = []
  const log = { ...silentLog, warn: (words: unknown) => void said.push(String(words)) }
  const store = await openLetters(root, { clock: systemClock(), log })
  onTestFinished(store.stop)
  const keys = () => store.letters().map(({ key }) => key)
  expect(keys()).toEqual(['en/one'])

  await write('two', 'Hello there')
  await store.look()
  expect(keys()).toEqual(['en/one', 'en/two'])

  await write('one', 'Hello {{ contact.frist_name }}')
  await store.look()
  expect(keys()).toEqual(['en/two'])
  expect(store.broken()).toMatchObject([{ key: 'en/one', title: 'one', faults: [{ line: 6, column: 10 }] }])
  await store.look()
  expect(said).toEqual([expect.stringContaining('en/one.md:6:10: there is no field contact.frist_name')])

  await write('one', 'Hello again')
  await store.look()
  expect(keys()).toEqual(['en/one', 'en/two'])
  expect(store.faults()).toEqual([])

  // A head that cannot be read hides whose the letter is; one of its channels' words can break it too.
  await writeFile(join(root, 'en/one.md'), '---\ntitle: one\nwhn: W\ndesks: [a]\n---\nHello')
  await writeFile(join(root, 'en/two.slack.md'), 'Hey {{ agent.nam }}')
  await store.look()
  expect(store.broken()).toMatchObject([
    { key: 'en/one', title: 'one', desks: 'unread', head: undefined },
    { key: 'en/two', title: 'two', desks: undefined, file: join(root, 'en/two.md'), faults: [{ line: 1, column: 8 }] },
  ])
})
