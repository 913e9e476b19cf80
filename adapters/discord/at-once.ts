// A thread for each new question, in channels where they are wanted at once. A failure costs nothing: the answer opens it.
import type { Log } from '../../src/log.ts'
import type { Api } from './api.ts'
import type { People } from './author.ts'
import { openThreadAt } from './destination.ts'
import type { DiscordConfig } from './discord-config.ts'
import { toEvents } from './inbound.ts'
import type { Place } from './place.ts'
import type { Take } from './room.ts'

const THREAD_NAME_MAX = 80

export interface AtOnceTools {
  api: Api
  config: DiscordConfig
  people: People
  log: Log
}

export function openThreads({ api, config, people, log }: AtOnceTools, place: Place, { raws }: Take): void {
  if (config.channels.find(({ id }) => id === place.id)?.thread !== 'at-once') return
  for (const raw of raws.filter(({ meta }) => meta?.kind === 'create')) {
    const [event] = toEvents(raw, people)
    if (event?.kind !== 'message' || event.bystander || event.agentId !== undefined || event.evidence.length > 0)
      continue
    const id = event.externalId.split('/')[1] ?? ''
    const name = event.text.slice(0, THREAD_NAME_MAX).replace(/\s+/g, ' ').trim().toWellFormed() || 'Support'
    void openThreadAt(api, place.id, id, name).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'discord: a thread could not be opened at once'),
    )
  }
}
