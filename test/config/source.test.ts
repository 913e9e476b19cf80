import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConfigError, type Fault, loadConfig } from '../../src/config.ts'
import { ENV, expectFault, YAML } from './reading.ts'

describe('loading', () => {
  async function folder(files: Record<string, string>): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'deskbell-config-'))
    onTestFinished(() => rm(path, { recursive: true }))
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
    return path
  }

  async function faultsOfLoading(argv: string[], env: Record<string, string>): Promise<Fault[]> {
    const error = await loadConfig({ argv, env, folder: '/nowhere' }).catch((caught: unknown) => caught)
    return error instanceof ConfigError ? error.faults : []
  }

  test('the file is named by --config, or by DESKBELL_CONFIG', async () => {
    const path = await folder({ 'a.yaml': 'log: { level: warn }', 'b.yaml': 'log: { level: error }' })
    const env = { DESKBELL_CONFIG: join(path, 'b.yaml') }
    expect(
      (await loadConfig({ argv: ['start', '--config', join(path, 'a.yaml')], env, folder: '/nowhere' })).log.level,
    ).toBe('warn')
    expect(
      (await loadConfig({ argv: ['start', `--config=${join(path, 'a.yaml')}`], env, folder: '/nowhere' })).log.level,
    ).toBe('warn')
    expect((await loadConfig({ argv: ['start'], env, folder: '/nowhere' })).log.level).toBe('error')
  })

  test('a named file that does not exist is a fault; the usual one may be absent', async () => {
    expectFault(await faultsOfLoading(['--config', '/nowhere/x.yaml'], {}), '/nowhere/x.yaml', /does not exist/, /copy/)
    expectFault(await faultsOfLoading(['--config'], {}), '--config', /does not exist/, /--config/)
    expect((await loadConfig({ argv: [], env: {}, folder: '/nowhere' })).desks).toEqual({})
  })

  test('deskbell.yaml and .env of the folder are read, and the environment goes before .env', async () => {
    const root = await folder({
      'deskbell.yaml': YAML,
      '.env': Object.entries({ ...ENV, DESKBELL_SECRET: 'from the file, long' })
        .map(([name, value]) => `${name}="${value}"`)
        .join('\n'),
    })
    const env = { DESKBELL_EMAIL_SUPPORT_PASSWORD: 'from outside' }
    const config = await loadConfig({ argv: [], env, folder: root })
    expect(config.secret).toBe('from the file, long')
    expect(config.email.support?.imap.password).toBe('from outside')
  })

  test('a secret can be in a file of its own, without its last line end', async () => {
    const path = await folder({ 'd.yaml': YAML, 'password.txt': 'open sesame\n' })
    const { DESKBELL_EMAIL_SUPPORT_PASSWORD: _password, ...env } = ENV
    const config = await loadConfig({
      folder: '/nowhere',
      argv: ['--config', join(path, 'd.yaml')],
      env: { ...env, DESKBELL_EMAIL_SUPPORT_PASSWORD_FILE: join(path, 'password.txt') },
    })
    expect(config.email.support?.imap.password).toBe('open sesame')
  })

  test('what is wrong with a secret file is said once, beside all else', async () => {
    const path = await folder({ 'd.yaml': `log: { level: loud }${YAML}`, 'empty.txt': '\n' })
    const faults = await faultsOfLoading(['--config', join(path, 'd.yaml')], {
      SLACK_BOT_TOKEN: 'xoxb-1-bot',
      SLACK_BOT_TOKEN_FILE: join(path, 'd.yaml'),
      SLACK_APP_TOKEN_FILE: join(path, 'empty.txt'),
      DESKBELL_EMAIL_SUPPORT_PASSWORD_FILE: join(path, 'absent.txt'),
    })
    expect(faults.map(({ key, problem }) => [key, problem])).toEqual([
      ['SLACK_BOT_TOKEN_FILE', 'is set, and SLACK_BOT_TOKEN too'],
      ['SLACK_APP_TOKEN_FILE', 'names an empty file'],
      ['DESKBELL_EMAIL_SUPPORT_PASSWORD_FILE', 'does not exist'],
      ['log.level', 'is none of the words known here'],
    ])
  })
})
