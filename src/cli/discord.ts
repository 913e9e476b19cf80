// deskbell discord register: tells Discord of the commands that people see there. Once, and again after an update.

import { makeApi } from '../../adapters/discord/api.ts'
import { registerCommands } from '../../adapters/discord/commands.ts'
import { loadConfig } from '../config.ts'
import type { Command } from './command.ts'

const USAGE =
  'Usage: npm run deskbell -- discord register [SERVER-ID]. With the id of a server the commands appear there at once.\n'
const USAGE_ERROR = 2

export const discord: Command = async (words) => {
  const [verb, guildId] = words.filter((word, index) => !word.startsWith('--') && words[index - 1] !== '--config')
  if (verb !== 'register' || (guildId !== undefined && !/^\d{15,20}$/.test(guildId))) {
    process.stderr.write(USAGE)
    return USAGE_ERROR
  }
  const config = await loadConfig({ argv: words, env: process.env })
  if (!config.discord) {
    process.stderr.write('There is no section discord in deskbell.yaml; add it, and set DISCORD_BOT_TOKEN.\n')
    return USAGE_ERROR
  }
  const names = await registerCommands(makeApi({ ...config.discord, name: 'discord' }, { waits: true }), guildId)
  process.stdout.write(`Discord knows these commands now: ${names.join(', ')}.\n`)
  return 0
}
