// Who hears of a step at this moment: whoever is absent is replaced by the next one, and the desk's channel is never absent.
import type { Addressee } from '../step.ts'

/** Why somebody cannot be expected to act now. */
export type Absence =
  | 'nobody has it'
  | 'away'
  | 'do not disturb'
  | 'deactivated'
  | 'left the desk'
  | 'the group is empty'

export interface Standing {
  ownerId: string | undefined
  backup: readonly string[]
  leads: readonly string[]
  /** The desk's own channel. */
  channel: string
  /** Undefined for somebody who is there. An owner has to be an agent still; whom the configuration names need not be one. */
  absenceOf(id: string, isOwner: boolean): Promise<Absence | undefined>
  /** Empty when the group cannot be read. */
  membersOf(group: string): Promise<readonly string[]>
}

/** Somebody to be told, and in whose place. */
export interface Reached {
  to: string
  insteadOf?: string
  because?: Absence
}

/** Each once, in the order of the ladder. Never empty. */
export async function resolveAddressees(to: readonly Addressee[], standing: Standing): Promise<Reached[]> {
  const reached = new Map<string, Reached>()
  for (const addressee of to) {
    for (const found of await reach(addressee, standing)) if (!reached.has(found.to)) reached.set(found.to, found)
  }
  return [...reached.values()]
}

async function reach(addressee: Addressee, standing: Standing): Promise<Reached[]> {
  switch (addressee.kind) {
    case 'desk':
      return [{ to: standing.channel }]
    case 'channel':
      return [{ to: addressee.id }]
    case 'leads':
      return await leadsOrDesk(standing, {})
    case 'backup':
      return await anyOf(standing.backup, standing, 'leads')
    case 'person':
      return await anyOf([addressee.id], standing, 'leads')
    case 'group': {
      const members = await standing.membersOf(addressee.id)
      if (members.length > 0) return await anyOf(members, standing, 'leads')
      return await leadsOrDesk(standing, { insteadOf: addressee.id, because: 'the group is empty' })
    }
    case 'assignee':
      if (standing.ownerId !== undefined) return await anyOf([standing.ownerId], standing, 'backup', true)
      return await inPlace(standing, { insteadOf: 'assignee', because: 'nobody has it' })
  }
}

/** Those of them who are there; without any, whoever comes next. */
async function anyOf(
  people: readonly string[],
  standing: Standing,
  next: 'backup' | 'leads',
  areOwners = false,
): Promise<Reached[]> {
  const seen = await lookFor(people, standing, areOwners)
  if (seen.there.length > 0) return seen.there.map((to) => ({ to }))
  const [first] = seen.absent
  const why = first ? { insteadOf: first.id, because: first.because } : {}
  return next === 'backup' ? await inPlace(standing, why) : await leadsOrDesk(standing, why)
}

type Why = Pick<Reached, 'insteadOf' | 'because'>

/** One backup is enough. */
async function inPlace(standing: Standing, why: Why): Promise<Reached[]> {
  const [backup] = (await lookFor(standing.backup, standing)).there
  return backup === undefined ? await leadsOrDesk(standing, why) : [{ to: backup, ...why }]
}

async function leadsOrDesk(standing: Standing, why: Why): Promise<Reached[]> {
  const { there, absent } = await lookFor(standing.leads, standing)
  if (there.length > 0) return there.map((to) => ({ to, ...why }))
  const [first] = absent
  const because = why.insteadOf === undefined && first ? { insteadOf: first.id, because: first.because } : why
  return [{ to: standing.channel, ...because }]
}

async function lookFor(people: readonly string[], { absenceOf }: Standing, areOwners = false) {
  const there: string[] = []
  const absent: { id: string; because: Absence }[] = []
  for (const id of people) {
    const because = await absenceOf(id, areOwners)
    if (because === undefined) there.push(id)
    else absent.push({ id, because })
  }
  return { there, absent }
}
