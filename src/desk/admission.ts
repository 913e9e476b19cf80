// Who may act at a desk: its agents, and its leads, who need not be members of its channel. Everybody else is told why not.
import { type Conversation, getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { appendFact } from '../fact.ts'
import { type Agent, askProfile, type Excuse, excuse, type Profile, shownName } from './agents.ts'
import type { Person } from './interaction.ts'
import { type Desk, type DeskTools, getDesk } from './tools.ts'

type Refusal = Excuse | 'shared-channel' | 'left' | 'not-a-member' | 'unknown'

/** In plain words: they are shown in messages and beside fields alike. */
const SAID: Record<Refusal, string> = {
  'other-organisation': 'Only people of our own organisation can answer customers here.',
  'shared-channel':
    'This desk’s channel is shared with another organisation, so nothing can be done here until the sharing ends. Its leads know.',
  left: 'You are not in this desk’s channel any more. Ask somebody there to add you again.',
  guest: 'Guests can read along, but not answer customers. Ask an admin for a full account.',
  bot: 'Only people can answer customers.',
  deactivated: 'This account is deactivated.',
  'not-a-member': 'Only members of this desk’s channel can do this. If you have just joined, try again in a moment.',
  unknown: 'Slack did not tell us who you are just now. Please try again in a moment.',
}

export interface Refused {
  kind: 'refused'
  text: string
}

export type Admission = { kind: 'agent'; agent: Agent } | Refused

export interface Attempt {
  desk: Desk
  action: string
  conversationId?: string
}

/** Lets an agent or a lead of this desk pass. Anybody else is told why, and it is on record that they tried. */
export async function admit(tools: DeskTools, who: Person, attempt: Attempt): Promise<Admission> {
  const { desk, action, conversationId } = attempt
  const isShared = (await tools.channels?.isShared(desk)) ?? false
  const found = isShared ? 'shared-channel' : await recognise(tools, who, desk)
  if (typeof found !== 'string') return { kind: 'agent', agent: found }
  const about = conversationId === undefined ? {} : { conversationId }
  const fact = { kind: 'action-refused', ...about, actor: who.id, data: { action, reason: found } } as const
  await tools.db.transaction((trx) => appendFact(trx, fact))
  return { kind: 'refused', text: SAID[found] }
}

export type AdmittedTo = { kind: 'agent'; agent: Agent; desk: Desk; conversation: Conversation } | Refused

/** The same for whoever wants to do something about a conversation. Throws when there is none. */
export async function admitTo(
  tools: DeskTools,
  who: Person,
  action: string,
  conversationId: string,
): Promise<AdmittedTo> {
  const conversation = await getConversation(tools.db, conversationId)
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action, conversationId })
  return admission.kind === 'refused' ? admission : { ...admission, desk, conversation }
}

async function recognise(tools: DeskTools, who: Person, desk: Desk): Promise<Agent | Refusal> {
  const row = await tools.db
    .selectFrom('agent')
    .select(['id', 'name', 'left_at'])
    .where('id', '=', who.id)
    .where('desk', '=', desk.name)
    .executeTakeFirst()
  if (await isForeign(tools, who)) return 'other-organisation'
  if (row?.left_at === null) return { id: row.id, name: row.name }
  if (desk.leads.includes(who.id)) return await recogniseLead(tools, who.id)
  if (row) return 'left'
  const profile = await findProfile(tools, who.id)
  return (profile && excuse(profile, tools.self)) ?? 'not-a-member'
}

/** In an organisation of several workspaces, Slack is asked about whoever is of another one than the app. */
async function isForeign(tools: DeskTools, { id, teamId }: Person): Promise<boolean> {
  const { self } = tools
  if (teamId === undefined || self.teamId === '' || teamId === self.teamId || teamId === self.enterpriseId) return false
  if (self.enterpriseId === undefined) return true
  const profile = await findProfile(tools, id)
  return !profile || excuse(profile, self) === 'other-organisation'
}

/** Their name stands below what they write to a customer: without it they have to wait. */
async function recogniseLead(tools: DeskTools, id: string): Promise<Agent | Refusal> {
  const profile = await findProfile(tools, id)
  if (!profile) return 'unknown'
  return excuse(profile, tools.self) ?? { id, name: shownName(profile) }
}

async function findProfile(tools: DeskTools, id: string): Promise<Profile | undefined> {
  try {
    return await askProfile(tools.read, id)
  } catch (error) {
    tools.log.warn({ person: id, error: String(error) }, 'desk: could not ask Slack who somebody is')
    return undefined
  }
}

/** Where this person is an agent or a lead, in the order of the configuration. */
export async function listDesksOf(tools: DeskTools, who: Person): Promise<Desk[]> {
  return (await isForeign(tools, who)) ? [] : await listOwnDesks(tools, who.id)
}

/** The same for somebody of whom it is known that they are of our own organisation. */
export async function listOwnDesks(
  { db, desks }: Pick<DeskTools, 'desks'> & { db: Reader },
  id: string,
): Promise<Desk[]> {
  const rows = await db.selectFrom('agent').select('desk').where('id', '=', id).where('left_at', 'is', null).execute()
  const names = new Set(rows.map(({ desk }) => desk))
  return desks.filter(({ name, leads }) => names.has(name) || leads.includes(id))
}
