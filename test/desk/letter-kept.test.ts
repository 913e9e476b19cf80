// The first composer reads half a megabyte; on a busy machine that takes longer than Slack lets a click wait.
import 'tinyld'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { letterBook } from '../../src/desk/desk.ts'
import { listVersions, peekBook } from '../../src/letter-book.ts'
import { openLetters } from '../../src/template/letter-store.ts'
import { eachDatabase } from '../setup/database.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'

const HEAD = '---\ntitle: Late parcel\nwhen: It is late\nlanguage: en\ntags: [parcel] # their words\n---\n'
const FILES = {
  'en/late.md': `${HEAD}{% render 'greeting' %}\n\nIt is late.\n\n{% render 'signature' %}\n`,
  'en/billing.md': '---\ntitle: For billing\nwhen: Bills\nlanguage: en\ndesks: [billing]\n---\nYour bill.\n',
  'en/_greeting.md': '{{ contact.greeting }},',
  'en/_signature.md': 'Kind regards,\n\n{{ agent.first_name }}',
}

async function folder(files: Record<string, string> = FILES): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
  onTestFinished(async () => {
    await chmod(join(root, 'en'), 0o755)
    await rm(root, { recursive: true })
  })
  await mkdir(join(root, 'en'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text)
  return root
}

/** A reply that the customer has, and its "Save as letter…". */
async function openSaving(desk: ActingDesk, said: string, who = desk.maya) {
  await desk.customerWrites('Where is my parcel?')
  await desk.press(desk.maya, 'reply')
  await desk.waitForScreen(desk.maya, 'Your answer')
  await desk.type(desk.maya, said)
  await desk.submit(desk.maya)
  await desk.submit(desk.maya)
  await desk.slack.close(desk.maya, desk.front(desk.maya).id, { all: true })
  await desk.world.passTime(10_000)
  await desk.settle()
  await press(desk, who, 'save_letter')
  await desk.waitForScreen(who, 'What it says')
}

async function press(desk: ActingDesk, who: string, actionId: string) {
  const ts = desk.threadMessages().findLast(({ blocks }) => JSON.stringify(blocks).includes(actionId))?.ts ?? ''
  await desk.slack.click(who, { channel: desk.channel, ts, actionId })
}

async function openList(desk: ActingDesk, who: string): Promise<string> {
  await desk.slack.command(who, who === desk.lea ? desk.slack.dm(who).id : desk.channel, '/desk', 'letters')
  return await desk.waitForScreen(who, 'Find a letter')
}

const row = async (desk: ActingDesk, who: string, deed: string, key: string) =>
  await desk.slack.click(who, { viewId: desk.front(who).id, actionId: 'letter_row', value: `${deed} ${key}` })

eachDatabase((open) => {
  test('T1, T8: a reply becomes a letter with fields in it, checked before it is saved, in its file, and offered at once everywhere', async () => {
    const root = await folder()
    const desk = await makeActingDesk(open, { folder: root, moreDesks: ['billing'] })
    const { maya } = desk
    await openSaving(desk, 'Hello Ada,\n\nyour parcel 4711 left, Ada, and {{ soon }} comes.\n\nKind regards,\n\nMaya')
    expect(desk.body(maya)).toBe(
      "{% render 'greeting' %}\n\nyour parcel 4711 left{% if contact.first_name %}, {{ contact.first_name }}{% endif %}, and {% raw %}{{{% endraw %} soon }} comes.\n\n{% render 'signature' %}",
    )
    expect(desk.screen(maya)).toContain('Is this only about this customer? 4711')

    // Another program of the same installation, with a disk of its own.
    const elsewhere = await openLetters(await folder(), { ...desk.world, book: letterBook(desk.world.db) })
    onTestFinished(elsewhere.stop)

    await desk.fill(maya, 'title', 'It has left')
    await desk.fill(maya, 'when', 'They ask where it is')
    await desk.fill(maya, 'body', 'Hello\n  {{ contact.frist_name }}')
    await desk.submit(maya)
    expect(desk.front(maya).errors.body).toBe(
      'Line 2, column 6: there is no field contact.frist_name. Did you mean contact.first_name?',
    )
    await desk.fill(maya, 'body', "{% render 'greeting' %}\n\nYour parcel has left.")
    await desk.fill(maya, 'name', '../../etc/passwd')
    await desk.submit(maya)
    expect(desk.front(maya).errors.name).toContain('lower-case words')
    await desk.fill(maya, 'name', 'late')
    await desk.submit(maya)
    expect(desk.front(maya).errors.name).toContain('There is a letter called late already')
    await desk.fill(maya, 'name', '')
    await desk.submit(maya)
    await desk.waitForScreen(maya, 'Saved as en/it-has-left. It is offered from now on. It stands in its file, too.')

    const text =
      "---\ntitle: It has left\nwhen: They ask where it is\nlanguage: en\n---\n{% render 'greeting' %}\n\nYour parcel has left.\n"
    expect(await readFile(join(root, 'en/it-has-left.md'), 'utf8')).toBe(text)
    expect((await readdir(join(root, 'en'))).filter((name) => name.startsWith('.'))).toEqual([])
    expect(
      desk
        .store()
        .letters()
        .map(({ key }) => key),
    ).toContain('en/it-has-left')
    await elsewhere.look()
    expect(elsewhere.letters().map(({ key }) => key)).toContain('en/it-has-left')
    expect(await desk.world.facts('letter-saved')).toMatchObject([
      { actor: maya, data: JSON.stringify({ letter: 'en/it-has-left', version: 1 }) },
    ])
  })

  test('T8: every change is a version with its author and time, and can be taken back; files count too', async () => {
    const root = await folder()
    const desk = await makeActingDesk(open, { folder: root })
    const { lea } = desk
    await openList(desk, lea)
    const find = async (query: string) =>
      (await desk.slack.suggest(lea, desk.front(lea).id, 'find-0-', 'find_letter', query)).map(({ value }) => value)
    for (const query of ['en/late', 'late parcel', 'it is late']) expect(await find(query)).toEqual(['en/late'])
    expect(await find('nothing says this')).toEqual([])
    await row(desk, lea, 'edit', 'en/late')
    await desk.waitForScreen(lea, 'Edit letter')
    await desk.fill(lea, 'title', 'Very late parcel')
    await desk.submit(lea)
    await desk.waitForScreen(lea, '“Very late parcel” says this from now on, as version 2. It stands in its file, too.')
    const path = join(root, 'en/late.md')
    const saved = await readFile(path, 'utf8')
    expect(saved).toBe((FILES['en/late.md'] ?? '').replace('Late parcel', 'Very late parcel'))

    await writeFile(path, saved.replace('It is late', 'It comes soon'))
    await desk.store().look()
    const versions = await listVersions(desk.world.db, 'en/late', 10)
    expect(versions.map(({ n, author }) => [n, author])).toEqual([
      [3, undefined],
      [2, lea],
      [1, undefined],
    ])

    await desk.slack.close(lea, desk.front(lea).id)
    await desk.waitForScreen(lea, 'Very late parcel')
    await row(desk, lea, 'versions', 'en/late')
    await desk.waitForScreen(lea, 'It comes soon')
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'show_version', value: '1' })
    await desk.waitForScreen(lea, 'Restore version 1')
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'restore_version' })
    await desk.waitForScreen(lea, 'Restored: version 4 says what version 1 said.')
    expect(await readFile(path, 'utf8')).toBe(FILES['en/late.md'])
    expect(
      desk
        .store()
        .letters()
        .find(({ key }) => key === 'en/late')?.title,
    ).toBe('Late parcel')
  })

  test('a file that is behind changes nothing, and neither a read-only folder nor a file that has gone loses what was saved in Slack', async () => {
    const root = await folder()
    const desk = await makeActingDesk(open, { folder: root })
    const { db } = desk.world
    const book = letterBook(db)
    const write = { author: desk.lea, letter: 'en/late', seen: 1, text: `${HEAD}Newer.\n` }
    const { saveVersion } = await import('../../src/letter-book.ts')
    expect(await db.transaction((trx) => saveVersion(trx, write))).toBe(2)
    // Two at the same moment: one of them is told.
    expect(await db.transaction((trx) => saveVersion(trx, write))).toBeUndefined()

    // The program starts anew with the old file on its disk, and then somebody writes the old text into it on purpose.
    const again = await openLetters(root, { ...desk.world, book })
    onTestFinished(again.stop)
    expect(again.textOf('en/late')).toBe(`${HEAD}Newer.\n`)
    // Whoever only looks sees the same, and leaves no trace.
    const peek = async (text: string) => (await peekBook(db, new Map([['en/late', text]]))).newest.get('en/late')
    expect(await peek(FILES['en/late.md'] ?? '')).toMatchObject({ n: 2, text: `${HEAD}Newer.\n` })
    expect(await peek('what nobody said')).toMatchObject({ n: 3, text: 'what nobody said' })
    expect(await listVersions(db, 'en/late', 10)).toHaveLength(2)
    await writeFile(join(root, 'en/late.md'), `${HEAD}Newest.\n`)
    await again.look()
    await writeFile(join(root, 'en/late.md'), FILES['en/late.md'] ?? '')
    await again.look()
    expect(again.textOf('en/late')).toBe(FILES['en/late.md'])

    const bare = await openLetters(await folder({}), { ...desk.world, book })
    onTestFinished(bare.stop)
    expect(bare.letters()).toEqual([])
    await db.transaction((trx) => saveVersion(trx, { ...write, letter: 'en/mine', seen: 0 }))
    await bare.look()
    expect(bare.letters().map(({ key }) => key)).toEqual(['en/mine'])
    expect(await bare.write('en/late', 'x', { before: 'what it never said', mark: '1' })).toBe('kept')
    expect(await again.write('en/late', 'x', { before: 'what it never said', mark: '1' })).toBe('taken')
    expect(await again.write('en/../../late', 'x', { before: undefined, mark: '1' })).toBe('kept')
  })

  describe('T8, Q18: who may', () => {
    test('only leads and its author change and retire a letter; who tries is on record; other desks’ letters are not seen', async () => {
      const desk = await makeActingDesk(open, { folder: await folder(), moreDesks: ['billing'] })
      const { tom, lea, maya } = desk
      const shown = await openList(desk, tom)
      expect(shown).toContain('en/late')
      expect(shown).not.toContain('en/billing')
      await row(desk, tom, 'retire', 'en/late')
      await desk.waitForScreen(tom, 'Only leads and whoever wrote this letter can change it.')
      expect(await desk.world.facts('action-refused')).toMatchObject([
        { actor: tom, data: JSON.stringify({ action: 'letter-retire', reason: 'not-a-lead' }) },
      ])

      await desk.customerWrites('Where is my parcel?')
      await desk.press(maya, 'reply')
      await desk.waitForScreen(maya, 'Your answer')
      expect(await desk.offered(maya)).toEqual(['en/late'])
      expect(await desk.offered(maya, 'bill')).toEqual([])

      await desk.choose(maya, 'en/late')
      await desk.slack.waitFor(() => desk.body(maya).startsWith('Hello Ada,'), 'the letter')
      await openList(desk, lea)
      await row(desk, lea, 'retire', 'en/late')
      await desk.waitForScreen(lea, 'is not offered any more')
      expect(await desk.offered(maya)).toEqual([])
      // What was begun with it still is from it.
      await desk.submit(maya)
      expect(desk.screen(maya)).toContain('“Late parcel” is as it came.')
      await desk.submit(maya)
      await row(desk, lea, 'back', 'en/late')
      await desk.waitForScreen(lea, 'is offered again')
      expect(desk.screen(lea)).toContain('Sent once in 90 days, 100 % unedited')
      expect(await desk.world.facts('letter-retired')).toMatchObject([
        { actor: lea, data: JSON.stringify({ letter: 'en/late' }) },
      ])
    })

    test('every agent, where the configuration says so', async () => {
      const desk = await makeActingDesk(open, { folder: await folder(), letterEditors: 'agents' })
      await openList(desk, desk.tom)
      await row(desk, desk.tom, 'retire', 'en/late')
      await desk.waitForScreen(desk.tom, 'is not offered any more')
    })
  })

  test('T8: what this agent used last comes right behind what fits, with how often it was sent', async () => {
    const more = ['one', 'two'].map((name) => [
      `en/${name}.md`,
      `---\ntitle: ${name}\nwhen: W\nlanguage: en\n---\n${name} is what it says, whatever it is.\n`,
    ])
    const desk = await makeActingDesk(open, { folder: await folder({ ...FILES, ...Object.fromEntries(more) }) })
    const { maya } = desk
    await desk.customerWrites('Hm.')
    await desk.press(maya, 'reply')
    await desk.waitForScreen(maya, 'Your answer')
    await desk.choose(maya, 'en/two')
    await desk.slack.waitFor(() => desk.body(maya).startsWith('two'), 'the letter')
    await desk.submit(maya)
    await desk.submit(maya)
    await desk.slack.close(maya, desk.front(maya).id, { all: true })
    await desk.world.passTime(11 * 60_000)

    await desk.customerWrites('Where is my parcel?')
    for (const [who, expected] of [
      [maya, ['en/late', 'en/two', 'en/one']],
      [desk.tom, ['en/late', 'en/one', 'en/two']],
    ] as const) {
      await desk.press(who, 'reply')
      await desk.waitForScreen(who, 'Your answer')
      expect(await desk.offered(who)).toEqual(expected)
    }
    const view = desk.front(maya)
    const options = await desk.slack.suggest(maya, view.id, desk.letterBlock(maya), 'letter', '')
    expect(JSON.stringify(options)).toContain('Sent 1× · W')
  })
})
