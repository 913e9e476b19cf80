// What has become of each desk's channel: whether it is open to us, and under which id. The leads hear of each change once.
import { sql } from 'kysely'
import { putAlarm } from '../alarm.ts'
import type { Reader, Trx } from '../db/open.ts'
import type { DeskChannelTable } from '../db/schema.ts'
import { appendFact } from '../fact.ts'
import { type Desk, deskTitle } from './tools.ts'

/** `shared`: another organisation reads there, or has been invited to. `public`: everybody may, and Slack lets us not even look. */
export type Shut = 'archived' | 'removed' | 'deleted' | 'shared' | 'public'

/** What is so, what becomes of it, and what to do. */
const SAID: Record<Shut, string> = {
  archived: 'is archived. What is to be shown there waits. Unarchive it in Slack, and everything comes.',
  removed:
    'does not have the app in it any more. What is to be shown there waits. Invite the app again, and everything comes.',
  deleted:
    'was deleted. What is to be shown there waits. Make a private channel, invite the app and the agents, and write its id as the desk’s channel into deskbell.yaml.',
  public:
    'is public: everybody in the workspace can read it and join. What is to be shown there waits, and nobody can act there. Make it private again, or write a private one into deskbell.yaml.',
  shared:
    'is shared with another organisation, which would read what customers write. Nothing is posted and nobody can act there until the sharing ends, or another private channel stands in deskbell.yaml.',
}

export function sayShut(desk: Desk, shut: Shut): string {
  return `The channel ${desk.channel} of the desk ${deskTitle(desk)} ${SAID[shut]}`
}

/** It works there, and should not. */
export function sayExposed(desk: Desk): string {
  return `The channel ${desk.channel} of the desk ${deskTitle(desk)} ${EXPOSED}`
}

const EXPOSED =
  'is public: everybody in the workspace can read what customers write, and becomes an agent by joining. Make it private, or write a private one into deskbell.yaml.'

/** The leads hear of it once. */
export async function noteExposed(trx: Trx, desk: Desk): Promise<void> {
  await putAlarm(trx, {
    desk: desk.name,
    key: `desk-channel:${desk.name}:exposed:${desk.channel}`,
    subject: `The desk ${deskTitle(desk)} stands in a public channel`,
    text: sayExposed(desk),
  })
}

export function sayRenumbered(desk: Desk, configured: string): string {
  return `Slack has given the channel of the desk ${deskTitle(desk)} another id. ${goesOn(desk, configured)}`
}

function goesOn({ channel }: Desk, configured: string): string {
  return `Deskbell goes on there; write ${channel} in the place of ${configured} into deskbell.yaml.`
}

export async function listDeskChannels(db: Reader): Promise<DeskChannelTable[]> {
  return await db.selectFrom('desk_channel').selectAll().execute()
}

/** Records what was seen. Told twice, or by two instances, it is one change. */
export async function noteShut(trx: Trx, desk: Desk, configured: string, shut: Shut | null): Promise<void> {
  const before = await getRow(trx, desk, configured)
  if (before.shut === shut) return
  const since = trx.now()
  await trx.updateTable('desk_channel').set({ shut, since }).where('desk', '=', desk.name).execute()
  await appendFact(trx, { kind: 'desk-channel-changed', data: { desk: desk.name, is: shut ?? 'open' } })
  if (shut !== null) {
    const subject = `The desk ${deskTitle(desk)} cannot use its channel`
    await putAlarm(trx, {
      desk: desk.name,
      key: keyOf(desk, shut, since),
      subject,
      text: `The channel ${desk.channel} ${SAID[shut]}`,
    })
    return
  }
  const subject = `The desk ${deskTitle(desk)} can use its channel again`
  await putAlarm(trx, { desk: desk.name, key: keyOf(desk, 'open', since), subject, text: 'What has waited comes now.' })
}

function keyOf({ name }: Desk, is: Shut | 'open', since: number): string {
  return `desk-channel:${name}:${is}:${since}`
}

/** A row about another channel than the configured one says nothing any more. */
async function getRow(trx: Trx, { name }: Desk, configured: string): Promise<DeskChannelTable> {
  const fresh = { configured, channel: configured, shut: null, since: trx.now() }
  await trx
    .insertInto('desk_channel')
    .values({ desk: name, ...fresh })
    .onConflict((oc) => oc.column('desk').doNothing())
    .execute()
  const found = trx.selectFrom('desk_channel').selectAll().where('desk', '=', name).forUpdate()
  const row = await found.executeTakeFirstOrThrow()
  if (row.configured === configured) return row
  await trx.updateTable('desk_channel').set(fresh).where('desk', '=', name).execute()
  return { desk: name, ...fresh }
}

/** Everything that names the channel follows it: cards, what stands in their threads, and the notes there. */
export async function renumber(trx: Trx, desk: Desk, configured: string, to: string): Promise<void> {
  const { channel: from } = await getRow(trx, desk, configured)
  if (from === to) return
  await trx.updateTable('desk_channel').set({ channel: to }).where('desk', '=', desk.name).execute()
  await trx.updateTable('conversation').set({ card_channel: to }).where('card_channel', '=', from).execute()
  await trx.updateTable('desk_post').set({ channel: to }).where('channel', '=', from).execute()
  await trx
    .updateTable('message')
    .set({ external_id: sql<string>`${to} || substr(external_id, ${sql.lit(from.length + 1)})` })
    .where('channel_kind', '=', 'desk')
    .where('external_id', 'like', `${from}:%`)
    .execute()
  await appendFact(trx, { kind: 'desk-channel-changed', data: { desk: desk.name, is: 'renumbered' } })
  await putAlarm(trx, {
    desk: desk.name,
    key: `desk-channel:${desk.name}:renumbered:${to}`,
    subject: `The channel of the desk ${deskTitle(desk)} has another id`,
    text: goesOn({ ...desk, channel: to }, configured),
  })
}
