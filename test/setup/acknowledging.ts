// A world whose mailbox acknowledges, with the letters that come along.
import type { Acknowledging } from '../../src/acknowledgement.ts'
import { acknowledgementHandler } from '../../src/acknowledgement-send.ts'
import { alarmHandler } from '../../src/alarm-post.ts'
import type { AutomationLimits } from '../../src/automation.ts'
import type { OutboundMessage } from '../../src/channel.ts'
import { loadAcknowledgements, writeAcknowledgement } from '../../src/template/acknowledgement.ts'
import { SHIPPED } from '../template/letters.ts'
import type { OpenTestDb } from './database.ts'
import type { Wrote } from './fake-channel.ts'
import { makeWorld, type World, type WorldOptions } from './world.ts'

export const LEAD = 'lead@example.com'

const { letters } = await loadAcknowledgements(SHIPPED)

export interface AcknowledgingOptions extends WorldOptions {
  acknowledge?: Acknowledging
  automation?: Partial<AutomationLimits>
  zone?: string
}

export type AcknowledgingWorld = Awaited<ReturnType<typeof makeAcknowledgingWorld>>

export async function makeAcknowledgingWorld(open: OpenTestDb, options: AcknowledgingOptions = {}) {
  return acknowledging(await makeWorld(open, options), options)
}

/** The same world, whose mailbox acknowledges from now on. */
export function acknowledging(
  world: World,
  { acknowledge = 'on', automation = {}, zone = 'UTC' }: Omit<AcknowledgingOptions, keyof WorldOptions> = {},
) {
  const { db, clock, log, channel, policies } = world
  const rendered: OutboundMessage[] = []
  const render = channel.render.bind(channel)
  channel.render = async (message) => {
    if (message.automated) rendered.push(message)
    return await render(message)
  }
  Object.assign(world.desk, { acknowledge })
  Object.assign(world.handlers, {
    acknowledgement: acknowledgementHandler({
      ...{ db, clock, log, policies },
      channelOf: () => channel,
      limits: { perAddressMax: 10, overallMax: 100, ...automation },
      write: ({ desk, ...about }) => writeAcknowledgement(letters, ['en'], { ...about, desk: { name: desk, zone } }),
    }),
    alarm: alarmHandler({ tellLeads: noSlack, log, addressesOf: () => [LEAD], mailboxOf: () => channel }),
  })
  const outbound = () =>
    db.selectFrom('message').selectAll().where('direction', '=', 'outbound').orderBy('id').execute()
  return {
    ...world,
    /** What our machine wrote, as the channel was given it. */
    rendered,
    /** A customer's mail to us, taken in and, unless `rests`, everything done that is owed for it. */
    async asks(text: string, { rests = false, ...wrote }: Wrote & { rests?: boolean } = {}) {
      const message = await world.customerWrites(text, { acknowledgeable: true, ...wrote })
      if (!rests) await world.runOutbox()
      return message
    },
    /** The acknowledgements on record, whatever became of them. */
    acknowledgements: async () => (await outbound()).filter(({ automated }) => automated === 'acknowledgement'),
    acknowledgement: async () => {
      const [only, ...others] = (await outbound()).filter(({ automated }) => automated === 'acknowledgement')
      if (!only || others.length > 0) throw new Error(`there is not one acknowledgement but ${others.length + +!!only}`)
      return only
    },
    /** Whom something of ours reached by itself, in order; alarms are the lead's. */
    reached: () => channel.delivered.map(({ to }) => to),
  }
}

/** Nobody can be told in Slack. */
export const noSlack = () => Promise.reject(new Error('Slack is away'))
