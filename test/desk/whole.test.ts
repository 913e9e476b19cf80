// A message in full: folded in the thread, and nothing of it out of reach.
import { expect, test } from 'vitest'
import type { InboundAttachment } from '../../src/channel.ts'
import { DAY, MINUTE } from '../../src/clock.ts'
import { bringAgain } from '../../src/desk/thread-file.ts'
import { eachDatabase } from '../setup/database.ts'
import { type ActingDesk, makeActingDesk } from './acting.ts'

const NASTY = '<!channel> <@U1> <https://evil|bank> *x* & </>'
const WHOLE = 'Yes, please.\n\nAda\n\nOn Monday Maya wrote:\n> Shall we send it?'

async function makeFolded(desk: ActingDesk, more: Parameters<ActingDesk['customerWrites']>[1] = {}): Promise<void> {
  await desk.customerWrites(WHOLE, { unquoted: 'Yes, please.', subject: 'Blue one', ...more })
  await desk.settle()
}

const entryTs = (desk: ActingDesk) => desk.threadMessages()[0]?.ts ?? ''

async function open(desk: ActingDesk, action: string, words: string): Promise<string> {
  await desk.click(desk.maya, entryTs(desk), action)
  return await desk.waitForScreen(desk.maya, words)
}

/** Presses a button in the modal in front and waits for what it says then. */
async function press(desk: ActingDesk, actionId: string, words: string, value?: string): Promise<string> {
  const viewId = desk.front(desk.maya).id
  await desk.slack.click(desk.maya, { viewId, actionId, ...(value !== undefined && { value }) })
  return await desk.waitForScreen(desk.maya, words)
}

function attachment(name: string, more: Partial<InboundAttachment> = {}): InboundAttachment {
  return { name, type: 'application/zip', bytes: 3, ref: name, ...more }
}

async function filesInThread(desk: ActingDesk, count: number): Promise<string[]> {
  const names = () => desk.threadMessages().flatMap(({ fileIds }) => fileIds ?? [])
  await desk.slack.waitFor(async () => {
    await desk.settle()
    return names().length >= count
  }, `${count} files in the thread`)
  await desk.settle()
  return names().map((id) => desk.slack.workspace.files.get(id)?.name ?? '')
}

eachDatabase((openDb) => {
  test('E18: the thread, the card, the ping and the composer show what is new; the whole stands behind one click', async () => {
    const desk = await makeActingDesk(openDb)
    await makeFolded(desk)
    const [entry = ''] = desk.thread()
    expect(entry).toContain('Yes, please.\nQuoted history and signature are folded.')
    expect(entry).not.toContain('Shall we send it?')
    expect(entry).toContain('[Show all] [Show original]')
    expect(desk.threadMessages()[0]?.text).toBe('Ada Lovelace: Yes, please.')
    expect(desk.shownCard()).toContain('> Yes, please.')
    expect(desk.shownCard()).not.toContain('Maya wrote')

    await desk.press(desk.maya, 'reply')
    expect(await desk.waitForScreen(desk.maya, 'Your answer')).not.toContain('Shall we send it?')

    // Stored as it came.
    const stored = await desk.world.db.selectFrom('message').select(['text', 'unquoted']).executeTakeFirstOrThrow()
    expect(stored).toEqual({ text: WHOLE, unquoted: 'Yes, please.' })
    await desk.slack.close(desk.maya, desk.front(desk.maya).id)
    expect(await open(desk, 'show_all', 'The whole message')).toContain(WHOLE)

    await desk.comeDue()
    expect(desk.shownPing()).toContain('Yes, please.')
    expect(desk.shownPing()).not.toContain('Maya wrote')
  })

  test('E18: a message of which nothing is folded says nothing of folding, and still leads to its original', async () => {
    const desk = await makeActingDesk(openDb)
    await desk.customerWrites('All of it is new.')
    await desk.settle()
    expect(desk.thread()[0]).not.toContain('folded')
    expect(desk.thread()[0]).not.toContain('Show all')
    const screen = await open(desk, 'show_original', 'Message-ID')
    expect(screen).toContain('From: Ada Lovelace <ada@example.org>')
    expect(screen).toContain('To: support@example.com')
    expect(screen).toContain('The receiving server vouches for the sender.')
    expect(screen).toContain('All of it is new.')
    expect(screen).toContain('No files came with it.')
  })

  test('E18: the .eml comes into the thread byte for byte, once, and a second click leads to it', async () => {
    const desk = await makeActingDesk(openDb)
    await makeFolded(desk)
    await open(desk, 'show_original', 'Get the .eml')
    await press(desk, 'get_file', 'The original comes into the thread in a moment.', 'original')
    // Pressed twice before it is there.
    await press(desk, 'get_file', 'The original comes into the thread in a moment.', 'original')
    expect(await filesInThread(desk, 1)).toEqual([expect.stringMatching(/^m_.*\.eml$/)])
    const { body } = await desk.world.db
      .selectFrom('blob_chunk')
      .select('data as body')
      .where('n', '=', 0)
      .executeTakeFirstOrThrow()
    expect(Buffer.from([...desk.slack.workspace.files.values()][0]?.bytes ?? [])).toEqual(Buffer.from(body))

    const screen = await press(desk, 'get_file', 'is in the thread already', 'original')
    expect(screen).toContain('Show it (')
    // Asked for by somebody else while it was on its way.
    const conversation = await desk.world.conversation()
    const { id } = await desk.world.db.selectFrom('message').select('id').executeTakeFirstOrThrow()
    await desk.world.db.transaction((trx) => bringAgain(trx, conversation, id, 'original'))
    await desk.settle()
    expect(desk.slack.calls('files.completeUploadExternal')).toHaveLength(1)
  })

  test('Q17: 100,000 characters are read page by page, all of them, and come as a file too', async () => {
    const desk = await makeActingDesk(openDb)
    const text = Array.from({ length: 100_000 / 10 }, (_, n) => `${n}`.padStart(9, '.')).join(' ')
    await desk.customerWrites(text, { unquoted: 'Short.' })
    await desk.settle()
    await open(desk, 'show_all', 'Page 1 of 6')
    const pages: string[] = []
    for (let page = 1; ; page++) {
      const { blocks } = desk.front(desk.maya)
      const from = blocks.findIndex(({ type }) => type === 'divider')
      const texts = JSON.stringify(blocks.slice(from).filter(({ type }) => type === 'rich_text'))
      pages.push(...[...texts.matchAll(/"text":"([^"]*)"/g)].map(([, words]) => words ?? ''))
      if (page === 6) break
      await press(desk, 'page_on', `Page ${page + 1} of 6`)
    }
    expect(pages.join('')).toBe(text)
    expect(await press(desk, 'page_back', 'Page 5 of 6')).toContain('[Back] [Go on]')

    await press(desk, 'get_file', 'comes into the thread', 'text')
    const [name = ''] = await filesInThread(desk, 1)
    const file = [...desk.slack.workspace.files.values()].find((one) => one.name === name)
    expect(new TextDecoder().decode(file?.bytes)).toBe(text)
  })

  test('E20: every attachment has a button that brings it into the thread, and only once', async () => {
    const desk = await makeActingDesk(openDb)
    desk.world.channel.files.set('a.zip', Buffer.from('PK.')).set('b.exe', Buffer.from('MZ.'))
    await makeFolded(desk, {
      attachments: [attachment('a.zip'), attachment('b.exe'), attachment('none', { bytes: 0 })],
    })
    expect(desk.thread()[0]).toContain('📎 b.exe (3 bytes) ⚠️ can run on the computer that opens it')
    expect(desk.threadMessages()).toHaveLength(1)

    const screen = await open(desk, 'show_files', '3 files came with it.')
    expect(screen).toContain('a.zip\n3 bytes, application/zip')
    await press(desk, 'get_all_files', '2 files are coming.')
    expect(await filesInThread(desk, 2)).toEqual(['a.zip', 'b.exe'])
    await press(desk, 'get_all_files', 'There is nothing more to bring.')
    const ids = await desk.world.db.selectFrom('attachment').select(['id', 'name']).execute()
    await press(desk, 'get_file', 'none: It is empty', ids.find(({ name }) => name === 'none')?.id)
    expect(
      await press(desk, 'get_file', 'a.zip is in the thread already.', ids.find(({ name }) => name === 'a.zip')?.id),
    ).toContain('[In the thread]')
    expect(desk.slack.calls('files.completeUploadExternal')).toHaveLength(2)
  })

  test('E20: what cannot be read out of the mail, or is too large, says so where its name stands', async () => {
    const desk = await makeActingDesk(openDb)
    const huge = attachment('film.mp4', { bytes: 80 * 1024 * 1024 })
    await makeFolded(desk, { attachments: [attachment('gone.zip'), huge] })
    await open(desk, 'show_files', '2 files')
    const ids = await desk.world.db.selectFrom('attachment').select(['id', 'name']).execute()
    const idOf = (name: string) => ids.find((row) => row.name === name)?.id
    await press(desk, 'get_file', 'film.mp4: It is too large to bring here (80 MB)', idOf('film.mp4'))
    await press(desk, 'get_file', 'gone.zip comes into the thread', idOf('gone.zip'))
    await desk.settle()
    expect(desk.thread()[0]).toContain('⚠️ gone.zip is not here: It could not be read out of the original.')

    // Put right, it comes when somebody asks again, and nothing is said of it any more.
    desk.world.channel.files.set('gone.zip', Buffer.from('PK.'))
    await press(desk, 'get_file', 'gone.zip comes into the thread', idOf('gone.zip'))
    expect(await filesInThread(desk, 1)).toEqual(['gone.zip'])
    expect(desk.thread()[0]).not.toContain('is not here')
  })

  test('S18: whoever is not of this desk sees nothing of it and gets nothing, and that is on record', async () => {
    const desk = await makeActingDesk(openDb)
    await makeFolded(desk)
    const { slack, channel, world } = desk
    const guest = slack.addUser({ name: 'gus', isGuest: true }).id
    slack.join(guest, channel)
    for (const action of ['show_all', 'show_original']) await desk.click(guest, entryTs(desk), action)
    await desk.hears(guest, 'Guests can read along')
    expect(desk.isModalOpen(guest)).toBe(false)
    await slack.waitFor(async () => (await world.facts('action-refused')).length === 2, 'both refusals')

    // Somebody who left while they had it open.
    await open(desk, 'show_original', 'Get the .eml')
    await world.db.transaction((trx) =>
      trx.updateTable('agent').set({ left_at: 1 }).where('id', '=', desk.maya).execute(),
    )
    await press(desk, 'get_file', 'You are not in this desk’s channel any more', 'original')
    expect(await world.effects('file')).toEqual([])
  })

  test('S14, Q17: hostile names, texts and numbers of files make no view that Slack refuses, and stand literally', async () => {
    const desk = await makeActingDesk(openDb)
    const long = `${NASTY} `.repeat(250)
    const files = Array.from({ length: 200 }, (_, n) => attachment(`${n} ${long}.zip`, { type: long, ref: `${n}` }))
    await desk.customerWrites(`${'\u0007\u001b"\\'.repeat(20_000)}${NASTY}`, {
      from: { address: `${'a'.repeat(10_000)}@example.org`, name: long },
      to: Array.from({ length: 200 }, (_, n) => ({ address: `${n}@example.org`, name: long })),
      subject: long,
      unquoted: NASTY,
      warnings: [long],
      attachments: files,
      externalId: 'hostile' as never,
    })
    await desk.settle()
    expect(desk.thread()[0]).toContain(NASTY)
    for (const [action, words] of [
      ['show_all', 'Page 1 of'],
      ['show_original', '200 files came with it.'],
      ['show_files', 'Files\nFrom'],
    ] as const) {
      await open(desk, action, words)
      const view = JSON.stringify(desk.front(desk.maya).blocks)
      expect(Buffer.byteLength(view)).toBeLessThan(250_000)
      expect(view).not.toMatch(/"type":"(user|broadcast|usergroup|mrkdwn)"/)
    }
    const menu = desk.front(desk.maya).blocks.find((block) => JSON.stringify(block).includes('get_file_menu'))
    const ids = await desk.world.db.selectFrom('attachment').select('id').orderBy('id').execute()
    for (const { id } of ids.slice(20)) expect(JSON.stringify(menu)).toContain(id)
    desk.world.channel.files.set('199', Buffer.from('PK.'))
    await press(desk, 'get_file_menu', 'comes into the thread', ids.at(-1)?.id)
    expect((await filesInThread(desk, 1))[0]?.length).toBeLessThanOrEqual(120)
    expect(desk.slack.log.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'login page')).toEqual([])
  })

  test('pictures and papers come by themselves, few and small; logos, programs and what was there before do not', async () => {
    const desk = await makeActingDesk(openDb)
    const picture = (name: string, bytes: number, more: Partial<InboundAttachment> = {}) => {
      desk.world.channel.files.set(name, Buffer.alloc(bytes, 1))
      return attachment(name, { type: 'image/png', bytes, ...more })
    }
    await makeFolded(desk, {
      attachments: [
        picture('shot.png', 50_000, { contentId: 'a@b' }),
        picture('logo.png', 4000, { contentId: 'c@d' }),
        picture('offer.pdf', 70_000, { type: 'application/pdf' }),
        picture('photo.svg', 30_000),
        picture('huge.png', 6 * 1024 * 1024),
        picture('page.html', 30_000, { type: 'text/html' }),
      ],
    })
    expect(await filesInThread(desk, 2)).toEqual(['shot.png', 'offer.pdf'])

    await desk.customerWrites('Once more', { attachments: [picture('shot.png', 50_000), picture('new.png', 50_000)] })
    expect(await filesInThread(desk, 3)).toEqual(['shot.png', 'offer.pdf', 'new.png'])

    const doubtful = [{ sender: 'fail' as const }, { automated: 'a list' }, { at: desk.world.clock.now() - 2 * DAY }]
    for (const [n, how] of doubtful.entries()) {
      await desk.customerWrites('More', { attachments: [picture(`doubt${n}.png`, 50_000)], ...how })
    }
    await desk.settle()
    await desk.world.passTime(MINUTE)
    expect(await desk.world.effects('file')).toHaveLength(3)
  })

  test('files that the app may not bring hold up nothing else, are kept for when it may, and say why they are not there', async () => {
    const desk = await makeActingDesk(openDb, { slack: { scopes: ['chat:write', 'groups:read', 'users:read'] } })
    desk.world.channel.files.set('p.png', Buffer.alloc(30_000, 1))
    await makeFolded(desk, { attachments: [attachment('p.png', { type: 'image/png', bytes: 30_000 })] })
    await desk.world.passTime(2 * MINUTE)
    await desk.customerWrites('And another thing')
    await desk.world.passTime(2 * MINUTE)
    expect(desk.thread().some((entry) => entry.includes('And another thing'))).toBe(true)
    expect(desk.thread()[0]).toContain('⚠️ p.png is not here: slack: cannot upload the file: the app lacks a permission')
    expect(await desk.world.effects('file')).toMatchObject([{ state: 'queued' }])
    await open(desk, 'show_original', 'Get the .eml')
    await press(desk, 'get_file', 'install the app again with the permission files:write', 'original')
  })
})
