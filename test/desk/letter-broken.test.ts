// The first composer reads half a megabyte; on a busy machine that takes longer than Slack lets a click wait.
import 'tinyld'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { saveVersion } from '../../src/letter-book.ts'
import { eachDatabase } from '../setup/database.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'

const head = (title: string, more = '', language = 'en') =>
  `---\ntitle: ${title}\nwhen: They wait\nlanguage: ${language}\n${more}---\n`
const LATE = `${head('Late parcel', 'tags: [parcel]\nask: { day: Which day? }\n')}Your parcel comes on {{ fill.day }}.\n`
const GUIDE = `${head('Guide')}${Array.from({ length: 90 }, (_, n) => `Step ${n + 1}: ${'turn it once more, '.repeat(4)}and wait.`).join('\n\n')}\n`

async function folder(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'deskbell-letters-'))
  onTestFinished(() => rm(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  return root
}

async function openList(desk: ActingDesk, who: string): Promise<string> {
  await desk.slack.command(who, who === desk.lea ? desk.slack.dm(who).id : desk.channel, '/desk', 'letters')
  return await desk.waitForScreen(who, 'Find a letter')
}

function row(desk: ActingDesk, who: string, deed: string, key: string) {
  const value = `${deed} ${key}`
  const { id, blocks } = desk.front(who)
  const blockId = String(blocks.find((block) => JSON.stringify(block).includes(`"${value}"`))?.block_id)
  return desk.slack.click(who, { viewId: id, actionId: 'letter_row', blockId, value })
}

const back = (desk: ActingDesk, who: string) => desk.slack.close(who, desk.front(who).id, { all: true })

eachDatabase((open) => {
  test('T1, T8: a letter that breaks is listed with what is wrong and who can mend it, is never chosen, and is mended in Slack', async () => {
    const root = await folder({
      ...{ 'en/late.md': LATE, 'en/guide.md': GUIDE, 'de/late.md': LATE.replace('language: en', 'language: de') },
      ...{ 'de/anfang.md': `${head('Anfang', '', 'de')}Wir haben Ihre Nachricht.`, 'files/sizes.txt': 'S, M, L' },
    })
    const desk = await makeActingDesk(open, { folder: root, moreDesks: ['billing'] })
    const { maya, tom, lea, world } = desk
    await world.db.transaction(async (trx) => {
      const text = (more: string) => `${head('Sizes', `attachments: [files/sizes.txt]\n${more}`)}Here they are.`
      await saveVersion(trx, { letter: 'en/sizes', author: tom, text: text(''), seen: 0 })
      await saveVersion(trx, { letter: 'en/bills', author: lea, text: text('desks: [billing]\n'), seen: 0 })
    })
    await desk.store().look()
    // Our language first, and in it by name, as nothing was used yet.
    const whole = await openList(desk, maya)
    expect(whole.match(/(?:en|de)\/[a-z]+/g)).toEqual(['en/guide', 'en/late', 'en/sizes', 'de/anfang', 'de/late'])
    const late = await desk.slack.suggest(maya, desk.front(maya).id, 'find-0-', 'find_letter', 'PARCEL')
    expect(late.map(({ value }) => value)).toEqual(['en/late', 'de/late'])
    await back(desk, maya)

    await desk.customerWrites('Where is my parcel?')
    await desk.press(maya, 'reply')
    await desk.waitForScreen(maya, '[Late parcel]')
    await desk.type(maya, 'My own words')
    await writeFile(join(root, 'en/late.md'), LATE.replace('fill.day', 'fill.dya'))
    await rm(join(root, 'files/sizes.txt'))
    await desk.store().look()
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'letter_1' })
    const shown = await desk.waitForScreen(maya, '“Late parcel” is broken and cannot be used until it is mended.')
    expect(shown).toContain('Line 1, column 25: there is no field fill.dya. Did you mean fill.day?')
    expect(shown).toContain('Broken and not offered: “Late parcel”, “Sizes”. Letters… says why')
    expect(desk.body(maya)).toBe('My own words')
    expect(await desk.offered(maya, 'late')).not.toContain('en/late')

    const list = await openList(desk, tom)
    expect(list).toContain('⚠️ Late parcel (broken)')
    expect(list).toContain('Leads and whoever wrote it can mend it: Edit… or Versions…, in its menu.')
    expect(list).toContain('en/sizes · kept in the database, version 1')
    expect(list).toContain('There is no attachment files/sizes.txt.')
    expect(list).not.toContain('en/bills')
    // What is left out can be found all the same, and his own letter he mends himself.
    const found = await desk.slack.suggest(tom, desk.front(tom).id, 'find-0-', 'find_letter', 'sizes')
    expect(found.map(({ value }) => value)).toEqual(['en/sizes'])
    await row(desk, tom, 'edit', 'en/sizes')
    await desk.waitForScreen(tom, 'Broken: There is no attachment')
    await desk.submit(tom)
    await desk.waitForScreen(tom, '“Sizes” says this from now on, as version 2.')
    expect(
      desk
        .store()
        .letters()
        .find(({ key }) => key === 'en/sizes')?.enclosures,
    ).toEqual([])

    await openList(desk, lea)
    await row(desk, lea, 'versions', 'en/late')
    await desk.waitForScreen(lea, 'Version 2')
    // Another one changes it while she looks: what she has not seen she does not take back.
    await writeFile(join(root, 'en/late.md'), LATE.replace('comes', 'arrives'))
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'show_version', value: '1' })
    await desk.waitForScreen(lea, 'Restore version 1')
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'restore_version' })
    await desk.waitForScreen(lea, 'Somebody has changed this letter meanwhile. Below is what it says now')
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'show_version', value: '1' })
    await desk.waitForScreen(lea, 'Restore version 1')
    await desk.slack.click(lea, { viewId: desk.front(lea).id, actionId: 'restore_version' })
    await desk.waitForScreen(lea, 'Restored: version 4 says what version 1 said.')
    expect(await readFile(join(root, 'en/late.md'), 'utf8')).toBe(LATE)
    expect(await desk.offered(maya, 'late')).toContain('en/late')
  })

  test('T5, T8: a long letter is edited in several fields that say so, to the character; a question is taken out in the form', async () => {
    const root = await folder({ 'en/guide.md': GUIDE, 'en/late.md': LATE })
    const desk = await makeActingDesk(open, { folder: root })
    const { lea } = desk
    await openList(desk, lea)
    await row(desk, lea, 'edit', 'en/guide')
    const form = await desk.waitForScreen(lea, 'What it says, part 1 of')
    expect(form).toContain('a long letter stands in several')
    const parts = desk.front(lea).blocks.filter(({ block_id }) => /^body/.test(String(block_id)))
    expect(parts.length).toBeGreaterThan(3)
    const second = String((parts[1]?.element as { initial_value?: string } | undefined)?.initial_value)
    await desk.slack.type(lea, desk.front(lea).id, 'body-2', 'body', second.replace('once more', '{{ contact.nmae }}'))
    await desk.submit(lea)
    expect(desk.front(lea).errors['body-2']).toContain('Line 1, column')
    await desk.slack.type(lea, desk.front(lea).id, 'body-2', 'body', second)
    await desk.slack.type(lea, desk.front(lea).id, `body-${parts.length}`, 'body', 'That is all.')
    await desk.submit(lea)
    await desk.waitForScreen(lea, '“Guide” says this from now on, as version 2.')
    expect(await readFile(join(root, 'en/guide.md'), 'utf8')).toBe(`${GUIDE}\nThat is all.\n`)

    await desk.slack.close(lea, desk.front(lea).id)
    await row(desk, lea, 'edit', 'en/late')
    await desk.waitForScreen(lea, 'day: Which day?')
    await desk.fill(lea, 'body', 'Your parcel comes soon.')
    await desk.submit(lea)
    expect(desk.front(lea).errors.body).toContain('the answer to "day" is used nowhere')
    await desk.slack.choose(lea, desk.front(lea).id, 'ask', 'ask', [])
    await desk.submit(lea)
    await desk.waitForScreen(lea, '“Late parcel” says this from now on, as version 2.')
    expect(await readFile(join(root, 'en/late.md'), 'utf8')).toBe(
      `${head('Late parcel', 'tags: [parcel]\n')}Your parcel comes soon.\n`,
    )
  })

  test('T2: a letter that changes while somebody writes with it leaves as they have read it, with their answers in it', async () => {
    const root = await folder({ 'en/late.md': LATE })
    const desk = await makeActingDesk(open, { folder: root })
    const { maya } = desk
    await desk.customerWrites('Where is my parcel?')
    await desk.press(maya, 'reply')
    await desk.waitForScreen(maya, '[Late parcel]')
    await desk.slack.click(maya, { viewId: desk.front(maya).id, actionId: 'letter_1' })
    await desk.waitForScreen(maya, 'Which day?')
    await writeFile(
      join(root, 'en/late.md'),
      LATE.replace('day: Which day?', 'time: When?').replace('on {{ fill.day }}', 'at {{ fill.time }}'),
    )
    await desk.store().look()
    await desk.answer(maya, 'en/late', 'day', ' \u200b ')
    await desk.submit(maya)
    expect(desk.front(maya).errors).toMatchObject({ 'fill-en/late-day': expect.any(String) })
    await desk.answer(maya, 'en/late', 'day', 'Monday {{ x }}')
    // The customer reads what was answered, and nothing of it is read as a letter.
    await writeFile(join(root, 'en/late.md'), 'no letter at all')
    await desk.store().look()
    await desk.submit(maya)
    expect(desk.screen(maya)).toContain('Your parcel comes on Monday {{ x }}.')
    await desk.submit(maya)
    await desk.world.passTime(10_000)
    expect(await desk.world.facts('letter-sent')).toMatchObject([{ data: expect.stringContaining('en/late') }])
  })
})
