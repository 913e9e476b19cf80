// The names of people, asked once and remembered for a day: what is kept of an event carries them, so that reading it asks nobody.
import type { WebClient } from '@slack/web-api'
import { atMost, type Clock, DAY, MINUTE, SECOND } from '../../src/clock.ts'
import { type Fields, fieldsOf, textOf } from '../../src/slack/field.ts'
import type { Person } from './standing.ts'

export interface People {
  /** Those of whom Slack told something, by their ids. Never rejects, and never takes longer than an acknowledgement may. */
  find(ids: readonly string[]): Promise<Record<string, Person>>
  /** Files of theirs, by id, in the same way. */
  files(ids: readonly string[]): Promise<Record<string, Fields>>
}

const KNOWN_MAX = 5000
const KEPT_MS = DAY
const ASK_AGAIN_MS = MINUTE
const ASKED_MAX = 20
/** Slack wants its acknowledgement after three seconds, and the event must be kept before that. */
const WAIT_MS = 1.5 * SECOND
const NAME_MAX = 200

interface Known {
  person: Person | undefined
  until: number
}

export function makePeople(client: WebClient, clock: Clock): People {
  const known = new Map<string, Known>()
  const asking = new Map<string, Promise<void>>()
  const ask = async (id: string) => {
    const person = await client.users.info({ user: id }).then(
      ({ user }) => user && personOf(user as Fields),
      () => undefined, // Then they are shown by their id, and asked about again in a while.
    )
    if (known.size >= KNOWN_MAX) known.delete(known.keys().next().value ?? '')
    known.set(id, { person, until: clock.monotonic() + (person ? KEPT_MS : ASK_AGAIN_MS) })
    asking.delete(id)
  }
  const learn = (id: string): Promise<void> | undefined => {
    if ((known.get(id)?.until ?? 0) > clock.monotonic()) return undefined
    const asked = asking.get(id) ?? ask(id)
    asking.set(id, asked)
    return asked
  }
  return {
    files: (ids) => learnFiles(client, clock, ids),
    async find(ids) {
      const wanted = [...new Set(ids)].filter((id) => /^[UW][A-Z0-9]{1,30}$/.test(id)).slice(0, ASKED_MAX)
      const asked = wanted.flatMap((id) => learn(id) ?? [])
      if (asked.length > 0) await atMost(clock, WAIT_MS, Promise.all(asked))
      return Object.fromEntries(
        wanted.flatMap((id) => {
          const person = known.get(id)?.person
          return person ? [[id, person]] : []
        }),
      )
    },
  }
}

/** A file is asked about once, with its message. */
async function learnFiles(client: WebClient, clock: Clock, ids: readonly string[]): Promise<Record<string, Fields>> {
  const found: Record<string, Fields> = {}
  const asked = ids.slice(0, ASKED_MAX).map(async (id) => {
    const answer = await client.files.info({ file: id }).catch(() => undefined) // It is asked for again when it is fetched.
    if (answer?.file) found[id] = { ...(answer.file as Fields), file_access: 'visible' }
  })
  await atMost(clock, WAIT_MS, Promise.all(asked))
  return { ...found }
}

/** From `users.info`, or from the profile that some events bring along. */
export function personOf(user: Fields): Person {
  const profile = fieldsOf(user.profile ?? user)
  const shown = [profile.real_name, profile.display_name, user.real_name, user.name].map(textOf).find((name) => name)
  const team = textOf(user.team_id) ?? textOf(profile.team)
  const enterprise = textOf(fieldsOf(user.enterprise_user).enterprise_id)
  const domain = textOf(profile.email)?.split('@')[1]?.toLowerCase()
  return {
    name: (shown ?? '').trim().slice(0, NAME_MAX),
    ...(team !== undefined && { team }),
    ...(enterprise !== undefined && { enterprise }),
    ...((user.is_restricted === true || user.is_ultra_restricted === true) && { isGuest: true }),
    ...(user.is_bot === true && { isBot: true }),
    ...(domain !== undefined && { domain }),
  }
}
