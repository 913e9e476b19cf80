// The command line as an operator meets it: the real program in a process of its own.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderParked } from '../../src/cli/parked.ts'

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
  for (const word of ['start', 'demo', 'migrate', 'templates', 'parked', 'manifest']) expect(out).toContain(`  ${word}`)
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
