// The fuse behind everything that leaves without a person's click: a loop or a flood ends here, whatever else went wrong.
import { putAlarm } from './alarm.ts'
import { HOUR, MINUTE } from './clock.ts'
import type { Trx } from './db/open.ts'
import { appendFact } from './fact.ts'

/** So many in an hour are fine; one more and everything automatic stops for an hour. */
export interface AutomationLimits {
  perAddressMax: number
  overallMax: number
}

export interface AutomatedMail {
  desk: string
  conversationId: string
  /** Whom it goes to. */
  identityId: string
}

const FUSE = 'automation'

/**
 * Whether one more may leave; if so, it is counted by `countAutomated` in the same transaction. The fuse's row is locked
 * until the commit, so that two instances cannot both send the last one. Alarms do not pass here: they tell of the fuse.
 */
export async function passesFuse(trx: Trx, mail: AutomatedMail, limits: AutomationLimits): Promise<boolean> {
  const now = trx.now()
  const { blown_at: blownAt } = await trx
    .selectFrom('fuse')
    .select('blown_at')
    .where('name', '=', FUSE)
    .forUpdate()
    .executeTakeFirstOrThrow()
  // An hour after it blew it holds again by itself. It may blow in the future when the wall clock is set back.
  if (blownAt !== null && Math.abs(now - blownAt) < HOUR) return false
  const sent = await trx
    .selectFrom('automated_send')
    .select(({ fn }) => fn.countAll().as('all'))
    .select(({ fn }) => fn.countAll().filterWhere('identity_id', '=', mail.identityId).as('address'))
    .where('at', '>', now - HOUR)
    .executeTakeFirstOrThrow()
  const by = Number(sent.address) >= limits.perAddressMax ? 'address' : 'overall'
  if (by === 'overall' && Number(sent.all) < limits.overallMax) return true
  await blow(trx, mail, by, limits)
  return false
}

async function blow(trx: Trx, mail: AutomatedMail, by: 'address' | 'overall', limits: AutomationLimits): Promise<void> {
  const now = trx.now()
  await trx.updateTable('fuse').set({ blown_at: now }).where('name', '=', FUSE).execute()
  await appendFact(trx, { kind: 'automation-stopped', conversationId: mail.conversationId, data: { by } })
  const many = by === 'address' ? `${limits.perAddressMax} to one address` : `${limits.overallMax} in all`
  await putAlarm(trx, {
    desk: mail.desk,
    // It sounds once each time the fuse blows; the next time can be no sooner than an hour later.
    key: `automation:${now}`,
    subject: 'Deskbell has stopped its automatic acknowledgements for an hour',
    text: [
      `Within an hour more acknowledgements were to leave than are allowed (${many}).`,
      'This can be a flood of mail, or another machine that answers ours. None leaves until the hour is over; then they go on by themselves.',
      'Customers’ messages arrive as ever, and their response windows run. Agents can reply.',
      'To stop acknowledgements for good, write acknowledge: off for the mailbox in deskbell.yaml. The limits are limits.automation.',
    ].join('\n\n'),
  })
}

/** Nobody asks for what is older than an hour. */
const KEPT_MS = HOUR + MINUTE

export async function countAutomated(trx: Trx, identityId: string): Promise<void> {
  const now = trx.now()
  await trx
    .deleteFrom('automated_send')
    .where('at', '<', now - KEPT_MS)
    .execute()
  const row = { id: trx.newId('u'), identity_id: identityId, at: now }
  await trx.insertInto('automated_send').values(row).execute()
}
