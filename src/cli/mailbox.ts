// deskbell mailbox login NAME: signs in to a mailbox whose provider takes no passwords, and says what to set.
import { createInterface } from 'node:readline'
import { signIn } from '../../adapters/email/sign-in.ts'
import { systemClock } from '../clock.ts'
import { refreshTokenOf } from '../config/oauth.ts'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { systemRandom } from '../id.ts'
import { nearest } from '../nearest.ts'
import type { Command } from './command.ts'

const USAGE = 'Usage: npm run deskbell -- mailbox login NAME, with the name of a mailbox in deskbell.yaml.\n'
const USAGE_ERROR = 2

export const mailbox: Command = async (words) => {
  const [verb, name] = positionals(words)
  if (verb !== 'login' || name === undefined) {
    process.stderr.write(USAGE)
    return USAGE_ERROR
  }
  const config = await loadUnsigned(words)
  const settings = config.email[name]
  if (!settings) {
    const meant = nearest(name, Object.keys(config.email))
    process.stderr.write(`There is no mailbox "${name}".${meant ? ` Did you mean "${meant}"?` : ''}\n`)
    return USAGE_ERROR
  }
  const { oauth } = settings
  if (!oauth || oauth.appOnly) {
    const why = oauth
      ? 'Its app signs in as itself'
      : `It has a password; for another sign-in write email.${name}.oauth`
    process.stderr.write(`There is nothing to sign in to for ${name}. ${why}.\n`)
    return USAGE_ERROR
  }
  const say = (text: string) => void process.stderr.write(text)
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined
  try {
    const tools = { clock: systemClock(), random: systemRandom(), say, ...(lines && { pasted: lines }) }
    const refreshToken = await signIn({ ...settings, name: `email:${name}` }, oauth, tools)
    say('\nSigned in. Write this line into .env, keep it secret, and start Deskbell anew:\n\n')
    process.stdout.write(`${refreshTokenOf(name)}=${refreshToken}\n`)
    return 0
  } finally {
    lines?.close()
  }
}

/** `--config` and its path are none. */
function positionals(words: readonly string[]): string[] {
  return words.filter((word, index) => !word.startsWith('--') && words[index - 1] !== '--config')
}

/** What this command is there to get may be missing; everything else has to be right. */
async function loadUnsigned(words: readonly string[]): Promise<Config> {
  const places = { argv: words, env: process.env }
  try {
    return await loadConfig(places)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const unset = error.faults.filter(({ key }) => key.endsWith('_OAUTH_REFRESH_TOKEN')).map(({ key }) => key)
    if (unset.length === 0) throw error
    const env = { ...process.env, ...Object.fromEntries(unset.map((key) => [key, 'none yet'])) }
    return await loadConfig({ ...places, env })
  }
}
