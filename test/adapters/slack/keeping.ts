// An intake in memory, and what the channel reads from what was kept in it.
import type { Channel, InboundEvent, InboundMessage, Intake, RawEvent } from '../../../src/channel.ts'
import { until } from '../../setup/until.ts'

export interface Keeping extends Intake {
  rows: RawEvent[]
  cursors: Map<string, string>
  /** While it is set, nothing can be kept. */
  refuses: boolean
}

export function makeKeeping(): Keeping {
  const keys = new Set<string>()
  const keeping: Keeping = {
    rows: [],
    cursors: new Map(),
    refuses: false,
    async keep(raws, cursor) {
      if (keeping.refuses) throw new Error('the store refuses')
      for (const raw of raws) {
        if (!keys.has(raw.key)) keeping.rows.push(raw)
        keys.add(raw.key)
      }
      if (cursor) keeping.cursors.set(cursor.key, cursor.value)
    },
    readCursor: async (key) => keeping.cursors.get(key),
  }
  return keeping
}

export async function eventsIn(channel: Channel, { rows }: Keeping): Promise<InboundEvent[]> {
  return (await Promise.all(rows.map((raw) => channel.parse(raw)))).flat()
}

export async function messagesIn(channel: Channel, keeping: Keeping): Promise<InboundMessage[]> {
  return (await eventsIn(channel, keeping)).filter((event) => event.kind === 'message')
}

export async function textsIn(channel: Channel, keeping: Keeping): Promise<string[]> {
  return (await messagesIn(channel, keeping)).map(({ text }) => text)
}

/** The message with this text, once it is there. */
export async function heard(channel: Channel, keeping: Keeping, text: string): Promise<InboundMessage> {
  const find = async () => (await messagesIn(channel, keeping)).find((message) => message.text === text)
  return await until(find, `"${text}" to be heard`)
}
