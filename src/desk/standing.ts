// Whom to turn to about a conversation at this moment: who has it, who stands in for them, and who is there.
import type { Reader } from '../db/open.ts'
import { listBackup } from '../stand-in.ts'
import type { Standing } from './addressee.ts'
import type { Presence } from './presence.ts'
import type { Desk } from './tools.ts'

export interface StandingReading {
  db: Reader
  clock: { now(): number }
  presence: Presence
}

/** `isQuiet`: what Slack keeps from people now does not count, because they will see it later. */
export async function standingOf(
  { db, clock, presence }: StandingReading,
  desk: Desk,
  ownerId: string | undefined,
  { isQuiet }: { isQuiet: boolean },
): Promise<Standing> {
  return {
    ownerId,
    backup: await listBackup(db, ownerId, { backup: desk.backup, now: clock.now() }),
    leads: desk.leads,
    channel: desk.channel,
    absenceOf: (id, isOwner) => presence.absenceOf(desk.name, id, { isQuiet, mustBeAgent: isOwner }),
    membersOf: presence.membersOf,
  }
}
