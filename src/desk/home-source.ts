// Somebody has opened the app's home tab: kept like everything else Slack tells us, and then shown to them.
import { openHome } from '../home.ts'
import type { Source } from '../intake-runner.ts'
import { parseSlackEvent } from '../slack/event.ts'

/** Whatever else is told goes on to the source behind it. */
export function homeSource<E>(behind: Source<E>): Source<E | HomeOpened> {
  return {
    async parse(raw) {
      const event = parseSlackEvent(raw.body)
      if (event.kind !== 'home-opened') return await behind.parse(raw)
      return event.tab === 'home' ? [{ homeOpenedBy: event.user }] : []
    },
    async receive(trx, kept, events) {
      const others: E[] = []
      for (const event of events) {
        if (isHomeOpened(event)) await openHome(trx, event.homeOpenedBy)
        else others.push(event)
      }
      if (others.length > 0) await behind.receive(trx, kept, others)
    },
    quarantine: (trx, kept, error) => behind.quarantine(trx, kept, error),
  }
}

interface HomeOpened {
  homeOpenedBy: string
}

const isHomeOpened = (event: unknown): event is HomeOpened =>
  typeof event === 'object' && event !== null && 'homeOpenedBy' in event
