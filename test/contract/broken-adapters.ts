// The contract suite run against adapters with one fault each: broken.test.ts sees to it that each breaks its promise.
import type { Channel, ExternalId, InboundEvent, Intake, Part, Progress } from '../../src/channel.ts'
import { SendError } from '../../src/channel.ts'
import { channelContract } from './channel-contract.ts'
import { discordHarness } from './discord-harness.ts'

export interface Fault {
  name: string
  /** The test of the contract that has to notice. */
  breaks: string
  wrap(channel: Channel): Partial<Channel>
}

const withIntake = (channel: Channel, change: (intake: Intake) => Partial<Intake>): Partial<Channel> => ({
  start: (intake) => channel.start({ ...bound(intake), ...change(intake) }),
})
const bound = (intake: Intake): Intake => ({
  keep: (raws, cursor) => intake.keep(raws, cursor),
  readCursor: (key) => intake.readCursor(key),
})
const reading = (channel: Channel, change: (event: InboundEvent) => InboundEvent): Partial<Channel> => ({
  parse: async (raw) => (await channel.parse(raw)).map(change),
})
let count = 0

export const FAULTS: Fault[] = [
  {
    name: 'forgets what was refused',
    breaks: 'a message the store refused comes again, and is kept once',
    wrap: (channel) =>
      withIntake(channel, (intake) => ({ keep: (raws, at) => intake.keep(raws, at).catch(() => undefined) })),
  },
  {
    name: 'moves the cursor first',
    breaks: 'the cursor moves with what is kept and never without it',
    wrap: (channel) =>
      withIntake(channel, (intake) => ({
        async keep(raws, cursor) {
          await intake.keep([], cursor)
          await intake.keep(raws)
        },
      })),
  },
  {
    name: 'reads the newest first',
    breaks: 'what came while we were away is kept at the next start, in order, once',
    wrap: (channel) =>
      withIntake(channel, (intake) => ({ keep: (raws, cursor) => intake.keep(raws.toReversed(), cursor) })),
  },
  {
    name: 'says it has stopped',
    breaks: 'nothing is handed over once stop has resolved',
    wrap: () => ({ stop: async () => undefined }),
  },
  {
    name: 'takes us for a customer',
    breaks: '2: what we or a bot wrote is never a customer’s message',
    wrap: (channel) =>
      reading(channel, (event) => {
        if (event.kind !== 'own') return event
        const said = { from: { address: '1' }, to: [], cc: [], text: 'We are here', markdown: '', evidence: [] }
        return { ...event, ...said, kind: 'message', replyHandle: '', sender: 'none', attachments: [], warnings: [] }
      }),
  },
  {
    name: 'makes ids up',
    breaks: '3: the same message has the same id, however often it is delivered and whoever reads it',
    wrap: (channel) => reading(channel, (event) => ({ ...event, externalId: `${++count}` as ExternalId })),
  },
  {
    name: 'has its own idea of time',
    breaks: '4: the time that counts is the platform’s, never the sender’s',
    wrap: (channel) => reading(channel, (event) => ({ ...event, arrivedAt: Date.UTC(2001, 0, 1) })),
  },
  {
    name: 'tries for ever',
    breaks: 'rejected',
    wrap: (channel) => sending(channel, 'temporary'),
  },
  {
    name: 'is too sure of a loss',
    breaks: 'lost',
    wrap: (channel) => sending(channel, 'temporary'),
  },
  {
    name: 'is too sure of the end',
    breaks: 'temporary',
    wrap: (channel) => sending(channel, 'rejected'),
  },
  {
    name: 'needs to be started to send',
    breaks: 'a channel sends without having been started',
    wrap: () => ({
      send: async () => {
        throw new SendError({ kind: 'temporary' }, 'not started')
      },
    }),
  },
  {
    name: 'writes it anew each time',
    breaks: 'the same message is rendered to the same bytes',
    wrap: (channel) => ({ render: (message) => channel.render({ ...message, id: `m_${++count}` }) }),
  },
  {
    name: 'forgets what was accepted',
    breaks: 'a part known to be accepted is not sent again',
    wrap: (channel) => ({
      send: async (parts, progress) => channel.send(await asNew(channel, parts), forgetful(progress)),
    }),
  },
  {
    name: 'sends a second copy',
    breaks: 'after a lost answer the message is looked up or sent with the same identity',
    wrap: (channel) => ({
      reconcile: async () => 'absent',
      send: async (parts, progress) => channel.send(await asNew(channel, parts), progress),
    }),
  },
  {
    name: 'falls over what it is given',
    breaks: 'nothing it is given to parse can do worse than a ParseError',
    wrap: (channel) => ({
      parse: async (raw) => {
        JSON.parse(new TextDecoder().decode(raw.body))
        return await channel.parse(raw)
      },
    }),
  },
]

/** Every failure is of this kind. */
function sending(channel: Channel, kind: 'temporary' | 'rejected'): Partial<Channel> {
  return {
    send: (parts, progress) =>
      channel.send(parts, progress).catch(() => {
        throw new SendError({ kind }, 'It failed.')
      }),
  }
}

const forgetful = (progress: Progress): Progress => ({ ...progress, accepted: new Map() })

/** The same words as another message. */
async function asNew(channel: Channel, parts: Part[]): Promise<Part[]> {
  const [part] = parts
  const userId = part?.recipients[0]?.address ?? ''
  const message = {
    id: `m_${++count}`,
    agentName: '',
    to: [{ address: userId }],
    cc: [],
    at: 0,
    markdown: part?.preview ?? '',
  }
  return await channel.render(message)
}

for (const { name, wrap } of FAULTS) {
  channelContract(`an adapter that ${name}`, async () => {
    const harness = await discordHarness('channel')
    return {
      ...harness,
      open() {
        const channel = harness.open()
        return { ...channel, ...wrap(channel) }
      },
    }
  })
}
