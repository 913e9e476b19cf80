// The command line as an operator meets it: the real program in a process of its own.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderParked } from '../../src/cli/parked.ts'
import { renderRebuilt } from '../../src/cli/rebuild.ts'
import { renderUse } from '../../src/cli/templates.ts'
import { type Found, renderList, renderWhy } from '../../src/cli/why.ts'
import { systemClock } from '../../src/clock.ts'
import { openDb } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { noteFiles, saveVersion } from '../../src/letter-book.ts'
import { silentLog } from '../../src/log.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

interface Ran {
  code: number
  out: string
  err: string
}

function run(words: string[], env: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, cwd: folder }
    execFile(process.execPath, [CLI, ...words], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deskbell-cli-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('without a word it says what there is', async () => {
  const { code, out } = await run([])
  expect(code).toBe(2)
  for (const word of ['start', 'demo', 'migrate', 'parked', 'why', 'rebuild']) expect(out).toContain(`  ${word}`)
})

test('a mistyped command gets the nearest one', async () => {
  const { code, err } = await run(['stat'])
  expect(code).toBe(2)
  expect(err).toContain('Did you mean "start"?')
})

test('a wrong configuration is refused with every fault, its key and its fix, and no secret', async () => {
  const path = join(folder, 'wrong.yaml')
  await writeFile(path, 'desks:\n  support:\n    chanel: C0123\n    leads: []\n')
  const { code, err } = await run(['start', '--config', path], { SLACK_BOT_TOKEN: 'canary-token' })
  expect(code).toBe(1)
  expect(err).toContain('desks.support.chanel')
  expect(err).toContain('channel')
  expect(err).toContain('desks.support.leads')
  expect(err).toContain('SLACK_BOT_TOKEN')
  expect(err).not.toContain('canary-token')
})

test('the manifest is JSON that Slack can take', async () => {
  const { code, out } = await run(['manifest'])
  expect(code).toBe(0)
  expect(JSON.parse(out).settings.socket_mode_enabled).toBe(true)
})

test('the manifest asks for what the customers of the configuration need, before there are tokens', async () => {
  const path = join(folder, 'customers.yaml')
  const desk = 'desks: { main: { channel: C0123ABCDEF, leads: [U0123ABCDEF] } }'
  const customers = '{ shop: { channels: [{ id: C0123SHARED }] }, club: { direct_messages: true, own_app: true } }'
  await writeFile(path, `${desk}\nslack: { customers: ${customers} }\n`)
  const scopes = async (...words: string[]) =>
    JSON.parse((await run(['manifest', ...words, '--config', path])).out).oauth_config.scopes.bot
  expect(await scopes()).toContain('channels:history')
  expect(await scopes()).not.toContain('im:read')
  expect(await scopes('club')).toContain('im:read')
  expect(await scopes('club')).not.toContain('commands')
  expect(await run(['manifest', 'clubb', '--config', path])).toMatchObject({
    code: 2,
    err: expect.stringContaining('club'),
  })
})

test('migrate makes the database, and parked finds nothing in it', async () => {
  const path = join(folder, 'good.yaml')
  await writeFile(path, `database:\n  path: ${join(folder, 'cli.db')}\n`)
  expect(await run(['migrate', '--config', path])).toMatchObject({ code: 0 })
  const { code, out } = await run(['parked', '--config', path])
  expect(code).toBe(0)
  expect(out).toBe('Nothing waits for your decision.\n')
  const retried = await run(['parked', 'retry', 'o_1', '--config', path])
  expect(retried).toMatchObject({ code: 1 })
  expect(retried.out).toContain('o_1 is not parked')
})

test('why and rebuild --check look at the store of a program that runs, and make none where there is none', async () => {
  const database = { kind: 'sqlite' as const, path: join(folder, 'running.db') }
  const config = join(folder, 'running.yaml')
  await writeFile(config, `database:\n  path: ${database.path}\n`)
  const early = await run(['rebuild', '--check', '--config', config])
  expect(early).toMatchObject({ code: 1, out: '' })
  expect(early.err).toContain('start Deskbell once, or run deskbell migrate')
  const program = await openDb(database, { clock: systemClock(), random: systemRandom(), log: silentLog })
  await program.migrate()
  const checked = await run(['rebuild', '--check', '--config', config])
  expect(checked).toEqual({ code: 0, out: '0 conversations, 0 windows: no difference.\n', err: '' })
  const unknown = await run(['why', 'ada@example.org', '--config', config])
  expect(unknown).toMatchObject({ code: 1, out: '' })
  expect(unknown.err).toMatch(/^ada@example.org is unknown here. Give the id of a conversation/)
  const writing = await run(['rebuild', '--config', config])
  expect(writing).toMatchObject({ code: 1, out: '' })
  expect(writing.err).toContain('Another Deskbell already runs')
  await program.close()
})

const CONVERSATION: Found = {
  ...{ id: 'v_1', channel: 'email:support', desk: 'support', address: 'ada@example.org', state: 'open' },
  ...{ subject: 'In stock?\u001b[2J\u202e', opened_at: Date.UTC(2026, 0, 5, 9) },
}

test('why is told in indented lines under its headings, and a subject cannot move the cursor', () => {
  expect(renderWhy(CONVERSATION, ['# First response: due in 1 d', 'Due at nine.'])).toBe(
    `v_1, ada@example.org by email:support, desk support: In stock? [2J \n\nFirst response: due in 1 d\n  Due at nine.\n`,
  )
})

test('an address with several conversations gets the newest twenty of them to choose from', () => {
  const found = Array.from({ length: 21 }, (_, n) => ({ ...CONVERSATION, id: `v_${n}`, subject: 'x'.repeat(80) }))
  const lines = renderList('ada@example.org', found).split('\n')
  expect(lines[0]).toBe('ada@example.org has more than 20 conversations, newest first:')
  expect(lines[1]).toBe(`  v_0  2026-01-05 09:00 UTC  open  ${'x'.repeat(59)}…`)
  expect(lines.filter((line) => line.startsWith('  v_'))).toHaveLength(20)
})

test('differences are listed with their number, and what to do about them', () => {
  const rebuilt = { conversations: 1, windows: 2, differences: ['v_1 w_1: label is next'], differing: 3 }
  expect(renderRebuilt(rebuilt, 'Do this.')).toBe(
    '1 conversation, 2 windows: 3 differences.\n  v_1 w_1: label is next\n  and 2 more\nDo this.\n',
  )
})

test('parked rows stand in even columns, each with its reason', () => {
  const text = renderParked([
    { id: 'o_1', what: 'reply', error: 'sent 3 times without an answer', at: Date.UTC(2026, 0, 5) },
    { id: 'i_22', what: 'email:support', error: null, at: null },
  ])
  const [first = '', second = ''] = text.split('\n')
  expect(first.indexOf('reply')).toBe(second.indexOf('email:support'))
  expect(first).toContain('2026-01-05T00:00:00.000Z')
  expect(text).toContain('parked retry ID')
})

test('T1: a broken letter is named with its line and column, and a good one is shown as the customer gets it', async () => {
  const letters = join(folder, 'letters')
  await mkdir(join(letters, 'en'), { recursive: true })
  const head = '---\ntitle: T\nwhen: W\nlanguage: en\nask:\n  day: Which day?\n---\n'
  await writeFile(join(letters, 'en/good.md'), `${head}{{ contact.greeting }},\n\nit comes on {{ fill.day }}.`)
  await writeFile(join(letters, 'en/bad.md'), `${head}{{ fill.dya }}`)
  await mkdir(join(letters, 'de'))
  await writeFile(join(letters, 'de/good.md'), `${head.replace('language: en', 'language: de')}Am {{ fill.day }}.`)
  const path = join(folder, 'letters.yaml')
  await writeFile(path, `templates:\n  folder: ${letters}\n`)

  const checked = await run(['templates', 'check', '--config', path])
  expect(checked.code).toBe(1)
  expect(checked.err).toContain(`bad.md:8:4: there is no field fill.dya\n  Fix: Did you mean fill.day?`)
  expect(checked.out).toContain(`Checked: ${letters}, 3 files and the acknowledgements.\nNot checked: what is kept in `)

  const preview = (name: string, channel = 'email') =>
    run([
      'templates',
      'preview',
      name,
      '--contact',
      'RUIZ, ANA <ana@example.org>',
      '--channel',
      channel,
      '--config',
      path,
    ])
  expect(await preview('good')).toMatchObject({
    code: 0,
    out: 'Hello Ana,\n\nit comes on ⟦day⟧.\n',
    err: expect.stringContaining('Still to fill in: day'),
  })
  await writeFile(path, `templates:\n  folder: ${letters}\ndatabase:\n  path: ${join(folder, 'letters.db')}\n`)
  await run(['migrate', '--config', path])
  expect((await run(['templates', 'used', '--config', path])).out).toBe('No letter was sent in the last 90 days.\n')
  const db = await openDb(
    { kind: 'sqlite', path: join(folder, 'letters.db') },
    { clock: systemClock(), random: systemRandom(), log: silentLog },
  )
  // The program has read the file, and an agent has mended one letter and saved another.
  await db.transaction(async (trx) => {
    await noteFiles(trx, new Map([['en/bad', `${head}{{ fill.dya }}`]]), undefined)
    await saveVersion(trx, { letter: 'en/bad', author: 'U1', text: `${head}{{ fill.day }}`, seen: 1 })
    const text = `${head.replace('T', 'Mine')}\nSee you on {{ fill.dai }}.`
    await saveVersion(trx, { letter: 'en/mine', author: 'U1', text, seen: 0 })
  })
  await db.close()
  const both = await run(['templates', 'check', '--config', path])
  expect(both.code).toBe(1)
  expect(both.out).toContain(
    `Checked: ${letters}, 3 files and the acknowledgements; ${folder}/letters.db, 2 texts kept there.`,
  )
  expect(both.err).toContain(
    'en/mine, version 1, kept in the database:9:15: there is no field fill.dai\n  Fix: Did you mean fill.day?',
  )
  expect(both.err).not.toContain('bad.md:8')
  expect(renderUse({ letter: 'en/refund', sent: 3, unedited: 1 })).toBe('en/refund: sent 3 times, 33 % unedited\n')
  expect(await preview('god')).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean good?') })
  expect(await preview('good', 'emial')).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean email?') })
})

test('the manifest of an app that Slack sends requests to names the address, and asks for one that is missing', async () => {
  const path = join(folder, 'http.yaml')
  await writeFile(path, 'slack: { mode: http, public_url: "https://desk.example.com" }\n')
  const { code, out } = await run(['manifest', '--config', path])
  expect(code).toBe(0)
  expect(JSON.parse(out).settings.interactivity.request_url).toBe('https://desk.example.com/slack')
  await writeFile(path, 'slack: { mode: http }\n')
  const missing = await run(['manifest', '--config', path])
  expect([missing.code, missing.out]).toEqual([2, ''])
  expect(missing.err).toContain('slack.public_url')
})
