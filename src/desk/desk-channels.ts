// Stands before everything the desk says in Slack: nothing is posted where another organisation reads, and what cannot be posted waits.
import type { WebClient } from '@slack/web-api'
import { SendError } from '../channel.ts'
import { type Clock, MINUTE, SECOND } from '../clock.ts'
import type { Db, Trx } from '../db/open.ts'
import type { DeskChannelTable } from '../db/schema.ts'
import type { Log } from '../log.ts'
import type { SlackEvent } from '../slack/event.ts'
import type { Asked, Guard } from '../slack/guard.ts'
import { codeOf, lacksScope, troubleOf } from '../slack/trouble.ts'
import {
  listDeskChannels,
  noteExposed,
  noteShut,
  renumber,
  type Shut,
  sayExposed,
  sayRenumbered,
  sayShut,
} from './desk-channel.ts'
import type { Desk } from './tools.ts'

/** What an event of the channel's own life comes to. */
export type ChannelNews = { desk: Desk } & ({ is: Shut | 'open' } | { to: string })

export interface DeskChannels extends Guard {
  /** By its id now or in the configuration. */
  deskAt(channel: string): Desk | undefined
  /** The same, after a look at what other instances have heard. */
  findDesk(channel: string): Promise<Desk | undefined>
  /** Undefined for what says nothing about the channel itself. Asks Slack, which knows better than an event that comes late. */
  read(event: SlackEvent, self: { botUserId: string }): Promise<ChannelNews | undefined>
  keep(trx: Trx, news: ChannelNews): Promise<void>
  isShared(desk: Desk): Promise<boolean>
  /** Call now and then: events can be missed. Never rejects. */
  tend(): Promise<void>
  /** What keeps a desk from working, in sentences; and what only has to be put right some day. */
  problems(): string[]
  advice(): string[]
}

export interface DeskChannelsOptions {
  db: Db
  clock: Clock
  log: Log
  desks: readonly Desk[]
  /** Asked for when it is needed: what calls Slack has us stand before it. */
  client(): WebClient
}

/** What others see. */
const POSTING = new Set([
  'chat.postMessage',
  'chat.postEphemeral',
  'chat.update',
  'files.completeUploadExternal',
  'reactions.add',
])
const LOOK_AGAIN_MS = 10 * MINUTE
/** What waits for the channel is tried again after so long. */
const WAIT_MS = 30 * SECOND

export function makeDeskChannels({ db, clock, log, desks, client }: DeskChannelsOptions): DeskChannels {
  const configured = new Map(desks.map(({ name, channel }) => [name, channel]))
  const configuredOf = ({ name, channel }: Desk) => configured.get(name) ?? channel
  const rows = new Map<string, DeskChannelTable>()
  /** When Slack has said what each one is, by the monotonic clock. */
  const lookedAt = new Map<string, number>()
  const unseen = new Map<string, string>()
  const exposed = new Set<string>()

  const shutOf = ({ name }: Desk) => (rows.get(name)?.shut ?? undefined) as Shut | undefined
  const deskAt = (channel: string) => desks.find((desk) => desk.channel === channel || configuredOf(desk) === channel)
  /** Another instance may have heard what we have not. */
  const load = async () => {
    const found = await listDeskChannels(db)
    for (const desk of desks) {
      const row = found.find(({ desk: name, ...of }) => name === desk.name && of.configured === configuredOf(desk))
      if (!row) continue
      rows.set(desk.name, row)
      desk.channel = row.channel
    }
  }
  const look = async (desk: Desk) => {
    const is = await ask(client(), desk.channel).catch((error: unknown) =>
      troubleOf(error, 'look at the desk’s channel'),
    )
    if (is instanceof SendError) {
      unseen.set(desk.name, is.message)
      return log.warn({ desk: desk.name, error: is.message }, 'desk: its channel could not be looked at')
    }
    unseen.delete(desk.name)
    // Whoever asks for a channel that was deleted only hears that it is not there.
    const known = is === 'removed' && shutOf(desk) === 'deleted' ? 'deleted' : is
    await db.transaction((trx) => noteShut(trx, desk, configuredOf(desk), shutBy(known)))
    exposed.delete(desk.name)
    if (is === 'exposed') {
      exposed.add(desk.name)
      await db.transaction((trx) => noteExposed(trx, desk))
    }
    lookedAt.set(desk.name, clock.monotonic())
    await load()
  }
  const isDue = (desk: Desk) => {
    const at = lookedAt.get(desk.name)
    return at === undefined || shutOf(desk) !== undefined || clock.monotonic() - at >= LOOK_AGAIN_MS
  }
  const object = (desk: Desk) => {
    const shut = shutOf(desk)
    if (shut !== undefined) return sayShut(desk, shut)
    return lookedAt.has(desk.name)
      ? undefined
      : (unseen.get(desk.name) ?? 'Slack has not said yet whether it may be used.')
  }

  return {
    deskAt,
    async findDesk(channel) {
      const desk = deskAt(channel)
      if (desk) return desk
      await load()
      return deskAt(channel)
    },
    async before(method, asked) {
      const [key, channel] = channelIn(asked)
      const desk = channel === undefined ? undefined : deskAt(channel)
      if (!desk || key === undefined) return asked
      if (POSTING.has(method)) {
        if (!lookedAt.has(desk.name)) await look(desk)
        await load()
        const said = object(desk)
        if (said !== undefined) throw waiting(said)
      }
      return desk.channel === channel ? asked : { ...asked, [key]: desk.channel }
    },
    async refused(method, asked, error) {
      if (!POSTING.has(method) || !SHUT.has(codeOf(error) ?? '')) return error
      const [, channel] = channelIn(asked)
      const desk = channel === undefined ? undefined : deskAt(channel)
      if (!desk) return error
      await look(desk)
      const shut = shutOf(desk)
      return shut === undefined ? error : waiting(sayShut(desk, shut), error)
    },
    async read(event, self) {
      if (!('channel' in event)) return undefined
      const desk = await this.findDesk(event.channel)
      if (!desk) return undefined
      if (event.kind === 'channel-renumbered') return { desk, to: event.to }
      const told = event.kind === 'member-joined' && event.user === self.botUserId ? 'open' : TOLD[event.kind]
      if (told === undefined) return undefined
      if (told === 'deleted') return { desk, is: told }
      const is = await ask(client(), desk.channel).catch(() => told)
      return { desk, is: shutBy(is) ?? 'open' }
    },
    async keep(trx, news) {
      const { desk } = news
      if ('to' in news) {
        await renumber(trx, desk, configuredOf(desk), news.to)
        desk.channel = news.to
        return
      }
      const shut = news.is === 'open' ? null : news.is
      await noteShut(trx, desk, configuredOf(desk), shut)
      const row = await trx.selectFrom('desk_channel').selectAll().where('desk', '=', desk.name).executeTakeFirst()
      if (row) rows.set(desk.name, row)
    },
    async isShared(desk) {
      await load()
      return shutOf(desk) === 'shared'
    },
    async tend() {
      try {
        await load()
        for (const desk of desks) if (isDue(desk)) await look(desk)
      } catch (error) {
        log.error({ error: String(error) }, 'desk: what has become of the channels could not be learnt')
      }
    },
    problems: () =>
      desks.flatMap((desk) => {
        const shut = shutOf(desk)
        return shut === undefined ? [] : [sayShut(desk, shut)]
      }),
    advice: () =>
      desks.flatMap((desk) => [
        ...(desk.channel === configuredOf(desk) ? [] : [sayRenumbered(desk, configuredOf(desk))]),
        ...(exposed.has(desk.name) ? [sayExposed(desk)] : []),
      ]),
  }
}

const SHUT = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'is_inactive'])

/** What an event says of the channel, where Slack does not answer. */
const TOLD: Partial<Record<SlackEvent['kind'], Shut | 'open'>> = {
  'channel-archived': 'archived',
  'channel-unarchived': 'open',
  'channel-left': 'removed',
  'channel-deleted': 'deleted',
  'channel-shared': 'shared',
  'channel-unshared': 'open',
}

/** `exposed`: we can work there, and so can everybody. */
type Found = Shut | 'open' | 'exposed'

function shutBy(found: Found): Shut | null {
  return found === 'open' || found === 'exposed' ? null : found
}

/** Rejects when Slack does not say. */
async function ask(client: WebClient, channel: string): Promise<Found> {
  try {
    const { channel: found } = await client.conversations.info({ channel })
    if (found?.is_ext_shared || found?.is_pending_ext_shared) return 'shared'
    if (found?.is_archived) return 'archived'
    if (found?.is_member === false) return 'removed'
    return found?.is_private === false ? 'exposed' : 'open'
  } catch (error) {
    // We ask for no look at public channels, where no desk belongs.
    if (lacksScope(error, 'channels:read')) return 'public'
    if (codeOf(error) === 'channel_not_found') return 'removed'
    // No Slack says so; whatever stands in for it there has no channels that others share.
    if (codeOf(error) === 'unknown_method') return 'open'
    throw error
  }
}

function channelIn(asked: Asked): [key: string, channel: string] | [undefined, undefined] {
  for (const key of ['channel', 'channel_id']) if (typeof asked[key] === 'string') return [key, asked[key]]
  return [undefined, undefined]
}

/** Nothing has left. */
function waiting(said: string, cause?: unknown): SendError {
  return new SendError({ kind: 'temporary', account: true, retryAfterMs: WAIT_MS }, said, { cause })
}
