// The channels of a configuration, each adapter loaded only when something is configured for it, and who keeps them connected.
import type { Channel } from './channel.ts'
import { type ChannelKeeper, keepChannel } from './channel-keeper.ts'
import type { Config } from './config.ts'
import type { Db, Tools } from './db/open.ts'
import type { Instance } from './instance.ts'
import { intakeOf } from './intake.ts'
import type { Log } from './log.ts'
import { refreshTokens } from './refresh-token.ts'
import { getSigningKey } from './setting.ts'

export interface NamedChannel {
  channel: Channel
  desk: string
  make(): Channel
}

export async function makeChannels(config: Config, db: Db, tools: Tools): Promise<Map<string, NamedChannel>> {
  return new Map([...(await mailChannels(config, db, tools)), ...(await discordChannels(config, tools))])
}

async function mailChannels(config: Config, db: Db, tools: Tools): Promise<[string, NamedChannel][]> {
  if (Object.keys(config.email).length === 0) return []
  const { emailChannel } = await import('../adapters/email/channel.ts')
  const secret = await getSigningKey(db, config.secret)
  const ownAddresses = Object.values(config.email).flatMap(({ address, aliases }) => [address, ...aliases])
  return Object.entries(config.email).map(([key, mailbox]): [string, NamedChannel] => {
    const name = `email:${key}`
    const given = mailbox.oauth?.refreshToken
    const kept = given !== undefined && { refreshTokens: refreshTokens(db, { name, given, signingKey: secret }) }
    const { attachmentBytesMax } = config.limits
    const make = () =>
      emailChannel({ ...mailbox, name }, { ...tools, secret, ownAddresses, attachmentBytesMax, ...kept })
    return [name, { channel: make(), desk: mailbox.desk, make }]
  })
}

async function discordChannels({ discord, limits }: Config, tools: Tools): Promise<[string, NamedChannel][]> {
  if (!discord) return []
  const { discordChannel } = await import('../adapters/discord/channel.ts')
  const { desk, ...settings } = discord
  const name = 'discord'
  const { attachmentBytesMax } = limits
  const make = () => discordChannel({ ...settings, name }, { ...tools, attachmentBytesMax })
  return [[name, { channel: make(), desk, make }]]
}

export function channelOf(channels: Map<string, NamedChannel>, name: string): Channel {
  const named = channels.get(name)
  if (!named) throw new Error(`${name} is not configured any more; put it back into deskbell.yaml to answer there`)
  return named.channel
}

export function keepChannels(
  channels: Map<string, NamedChannel>,
  db: Db,
  instance: Instance,
  log: Log,
): ChannelKeeper[] {
  return [...channels].map(([name, named]) => {
    const make = () => {
      named.channel = named.make()
      return named.channel
    }
    return keepChannel({ name, make, intake: intakeOf(db, name), instance, log })
  })
}
