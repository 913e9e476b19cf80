// The receiving side put together: every gateway event goes to what we know of the servers, to the places and to the commands.
import type { Intake } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import { makeApi } from './api.ts'
import { openThreads } from './at-once.ts'
import type { People } from './author.ts'
import { isThread, makeDirectory } from './directory.ts'
import type { DiscordConfig } from './discord-config.ts'
import { type Gateway, makeGateway, type Packet } from './gateway.ts'
import { insist } from './insist.ts'
import { answerInteraction } from './interaction.ts'
import { type Keeper, makeKeeper, STOPPED } from './keeper.ts'
import { deskFor } from './notes.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'
import { type Place, placeIndex } from './place.ts'
import { rawInteraction } from './raw-event.ts'
import { makeReader, type Reader } from './reader.ts'
import { makeRequests, type Requests } from './requests.ts'
import type { Take } from './room.ts'
import { readSince } from './since.ts'
import { isSnowflake } from './snowflake.ts'
import { placesIn } from './whereabouts.ts'

export interface ReceiverTools {
  clock: Clock
  random: Random
  log: Log
  people: People
}

export interface Receiver {
  start(intake: Intake): Promise<void>
  health(): { lastReceivedAt?: number; problem?: string; isRefused?: boolean }
  stop(): Promise<void>
}

interface Session {
  self: string
  since: string
  reader: Reader
  requests: Requests
  opened: Promise<void>
}

export function makeReceiver(config: DiscordConfig, tools: ReceiverTools): Receiver {
  const { clock } = tools
  const stopping = new AbortController()
  const stop = stopping.signal
  const api = makeApi(config, { waits: true })
  const directory = makeDirectory(api)
  const sequences = new Map<number, number>()
  const ready = Promise.withResolvers<void>()
  let gateway: Gateway | undefined
  let keeper: Keeper | undefined
  let session: Session | undefined
  let running: Promise<void> | undefined
  let lastReceivedAt: number | undefined

  const begin = async (intake: Intake, self: string, since: string, keep: Keeper): Promise<Session> => {
    const index = placeIndex(intake, keep.keep)
    const shared = { ...tools, api, config, directory, self, since, stop, keeper: keep }
    const onKept = (place: Place, take: Take) => openThreads({ ...tools, api, config }, place, take)
    const reader = makeReader({ ...shared, intake, index, onKept, now: clock.now })
    const requests = makeRequests({
      ...shared,
      adopt: reader.adopt,
      ...(config.requests !== undefined && { parentId: config.requests, desk: config.deskOf?.[config.requests] }),
    })
    // A store that does not answer now answers later; nothing is heard before.
    const opened = insist({ ...tools, stop }, 'the places could not be read from the store', async () => {
      await reader.open()
      await requests.open(intake)
    })
    return { self, since, reader, requests, opened }
  }

  const take = (current: Session, { event, payload }: Packet) => {
    const { reader, self, since } = current
    if (/^MESSAGE_(?:CREATE|UPDATE|DELETE|DELETE_BULK)$/.test(event)) return reader.hear(event, payload)
    for (const [id, guildId] of placesIn({ api, config, directory, self, since }, event, payload))
      reader.visit(id, guildId)
    if (event !== 'INTERACTION_CREATE') return
    const adopt = (interaction: Payload) => keepAdopted(current, interaction)
    void answerInteraction({ ...tools, api, request: current.requests.take, adopt }, payload)
  }

  const keepAdopted = async ({ self, reader }: Session, interaction: Payload) => {
    const data = payloadOf(interaction.data)
    const message = payloadOf(payloadOf(payloadOf(data.resolved).messages)[textOf(data.target_id)])
    const channelId = textOf(message.channel_id)
    const guildId = textOf(interaction.guild_id)
    const facts = await directory.channel(channelId)
    const isInThread = facts !== undefined && isThread(facts)
    const owner = textOf(payloadOf(message.author).id)
    if (isInThread) {
      const place = {
        id: channelId,
        kind: 'thread',
        ownerId: owner,
        after: textOf(message.id),
        recent: new Map(),
      } as const
      await reader.adopt({ ...place, guildId, onlyMentions: false, isKnown: false, activeAt: 0, unkept: 0 })
    }
    const place = isInThread ? 'thread' : 'channel'
    const desk = await deskFor({ config, directory }, { id: channelId, kind: place })
    const notes = { self, place, ...(isInThread && { owner }), ...(desk !== undefined && { desk }) } as const
    await keeper?.keep([rawInteraction('adopt', interaction, notes)])
  }

  return {
    async start(intake) {
      const keep = makeKeeper(intake, stop, tools)
      keeper = keep
      const since = await readSince(config, intake, clock)
      let opening: Promise<Session> | undefined
      const hear = (packet: Packet) => {
        lastReceivedAt = clock.now()
        const { event, payload, sequence, shard } = packet
        directory.learn(event, payload)
        const self = textOf(payloadOf(payload.user).id)
        if (event === 'READY' && isSnowflake(self)) {
          const isFirst = opening === undefined
          opening ??= begin(intake, self, since, keep).then((begun) => {
            session = begun
            return begun
          })
          if (!isFirst) void opening.then(({ reader }) => reader.lookAround())
          void opening.then(({ opened }) => opened).then(ready.resolve, ready.reject)
        }
        const expected = (sequences.get(shard) ?? sequence) + 1
        if (Number.isFinite(sequence)) sequences.set(shard, sequence)
        const hasGap = event !== 'READY' && sequences.has(shard) && sequence > expected
        // When it ends first, the next start finds what this was about.
        void opening
          ?.then(async (current) => {
            await current.opened
            if (event === 'RESUMED' || hasGap) current.reader.lookAround()
            take(current, packet)
          })
          .catch((error: unknown) => {
            if (error !== STOPPED)
              tools.log.error({ error: String(error), event }, 'discord: an event could not be taken')
          })
      }
      gateway = makeGateway(config, { ...tools, stop, hear })
      running = gateway.run()
      await ready.promise
    },
    health() {
      const connection = gateway?.problem()
      const problem = keeper?.problem() ?? connection?.text ?? session?.reader.problem()
      return {
        ...(lastReceivedAt !== undefined && { lastReceivedAt }),
        ...(problem !== undefined && { problem }),
        ...(connection?.isRefused && { isRefused: true }),
      }
    },
    async stop() {
      stopping.abort(STOPPED)
      ready.resolve()
      await running
      await session?.reader.end()
      await keeper?.end()
    },
  }
}
