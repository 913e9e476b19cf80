// What was asked with the slash command, from the form to the private thread. A crash on the way forgets nothing: what waits for its
// thread is kept beside the event.
import type { Intake, RawEvent } from '../../src/channel.ts'
import type { Clock } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import type { Log } from '../../src/log.ts'
import type { Api } from './api.ts'
import { cleanLine } from './clean-text.ts'
import { openPrivateThread } from './destination.ts'
import { literal } from './discord-markdown.ts'
import { type Keeper, pauseMs, STOPPED } from './keeper.ts'
import { writeDiscord } from './markdown.ts'
import { type Payload, payloadOf, textOf } from './payload.ts'
import { nameOf } from './person.ts'
import type { Place } from './place.ts'
import { rawInteraction } from './raw-event.ts'
import { askerOf, fieldsOf } from './request.ts'
import { NOBODY } from './sender.ts'
import { splitMessage } from './split.ts'
import { troubleOf } from './trouble.ts'

const CURSOR = 'pending'
const NAME_MAX = 90
const TOLD = 'We have your question, and a person answers you'

export interface RequestTools {
  api: Api
  keeper: Keeper
  clock: Clock
  random: Random
  log: Log
  stop: AbortSignal
  self: string
  since: string
  /** Where private threads are opened; without one the answer comes as a direct message. */
  parentId?: string
  /** Which desk answers there, where that is not the bot's own. */
  desk?: string | undefined
  adopt(place: Place): Promise<void>
}

export interface Requests {
  /** Takes up what was waiting when we ended. */
  open(intake: Pick<Intake, 'readCursor'>): Promise<void>
  /** Resolves to what to tell whoever asked. */
  take(interaction: Payload): Promise<string>
}

export function makeRequests(tools: RequestTools): Requests {
  const { keeper, self } = tools
  let pending: Payload[] = []
  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other: each writes the whole list. */
  const change = (next: (list: Payload[]) => Payload[], raws: RawEvent[]) => {
    const mine = turn.then(async () => {
      const list = next(pending)
      await keeper.keep(raws, { key: CURSOR, value: JSON.stringify(list) })
      pending = list
    })
    turn = mine.catch(() => undefined)
    return mine
  }
  const finish = async (interaction: Payload): Promise<string> => {
    const thread = tools.parentId === undefined ? undefined : await insist(tools, () => openFor(tools, interaction))
    const notes = {
      self,
      place: thread === undefined ? 'dm' : 'thread',
      ...(thread !== undefined && { thread }),
      ...(tools.desk !== undefined && { desk: tools.desk }),
    } as const
    const raw = rawInteraction('request', interaction, notes)
    await change((list) => list.filter(({ id }) => id !== interaction.id), [raw])
    return thread === undefined ? `${TOLD} by direct message.` : `${TOLD} in <#${thread}>.`
  }
  return {
    async open(intake) {
      const kept: unknown = JSON.parse((await intake.readCursor(CURSOR)) ?? '[]')
      pending = (Array.isArray(kept) ? kept : []).map(payloadOf)
      for (const interaction of pending) {
        void finish(interaction).catch((error: unknown) => {
          if (error !== STOPPED) tools.log.error({ error: String(error) }, 'discord: a request could not be taken up')
        })
      }
    },
    async take(interaction) {
      const { token: _secret, ...request } = interaction
      const raw = rawInteraction('interaction', interaction, { self, place: 'dm' })
      await change((list) => [...list, request], [raw])
      return await finish(request)
    },
  }
}

/** Undefined where Discord refuses for good. */
async function insist(tools: RequestTools, attempt: () => Promise<string>): Promise<string | undefined> {
  const { clock, random, log, stop } = tools
  for (let failures = 0; !stop.aborted; failures++) {
    try {
      return await attempt()
    } catch (error) {
      const trouble = troubleOf(error, { what: 'open a private thread', isRepeatable: true })
      log.warn({ error: trouble.message }, 'discord: a private thread could not be opened')
      if (trouble.failure.kind === 'rejected') return undefined
      await clock.wait(pauseMs(random, failures), stop)
    }
  }
  throw STOPPED
}

/** The person, their question to read, and the place known to us, in this order. */
async function openFor({ api, since, parentId = '', adopt }: RequestTools, interaction: Payload): Promise<string> {
  const { question, subject } = fieldsOf(interaction)
  const user = askerOf(interaction)
  const userId = textOf(user.id)
  const name = cleanLine(`${subject || 'Support'} · ${nameOf(user, payloadOf(interaction.member))}`, NAME_MAX)
  const thread = await openPrivateThread(api, parentId, name)
  const guildId = textOf(interaction.guild_id)
  const place = {
    id: thread,
    kind: 'thread',
    ownerId: userId,
    after: since,
    recent: new Map(),
    activeAt: 0,
    unkept: 0,
  } as const
  await adopt({ ...place, guildId, onlyMentions: false, isKnown: false })
  await api.call('PUT', `/channels/${thread}/thread-members/${userId}`)
  const [content = ''] = splitMessage(writeDiscord(literal(question).markdown))
  const quote = content.split('\n').map((line) => `> ${line}`)
  const text = splitMessage([...quote, '', 'We have your question. A person answers you here.'].join('\n'))[0] ?? ''
  await api.call('POST', `/channels/${thread}/messages`, { body: { content: text, allowed_mentions: NOBODY } })
  return thread
}
