// Who is who in a channel that customers and we share: one table of rules, read from the top; the first that fits decides.

/** All a rule can look at. */
export interface Person {
  name: string
  /** The organisation's workspace. */
  team?: string
  /** The organisation of several workspaces that theirs belongs to. */
  enterprise?: string
  /** A guest of our own workspace. */
  isGuest?: boolean
  isBot?: boolean
  /** Of their mail address, where Slack tells it. */
  domain?: string
}

/** Every condition that is there must hold. */
export interface PersonRule {
  user?: string
  team?: string
  domain?: string
  role?: Role
  where?: Where
  is: Standing
}

export type Role = 'member' | 'guest' | 'outsider'
export type Where = 'shared' | 'community' | 'direct'

/**
 * `staff`: one of us. `resident`: one of us if an agent has their id, else a customer. `helper`: helps others and is no
 * customer. `nobody`: what they write is passed over.
 */
export type Standing = 'customer' | 'staff' | 'resident' | 'helper' | 'nobody'

export interface Author {
  user: string | undefined
  person: Person | undefined
  /** Set when an app wrote it. */
  botId: string | undefined
}

export interface Us {
  team: string
  enterprise?: string
  user: string
  bot: string
}

/** What holds where no rule of the operator's says otherwise. Where only customers could be, one of us may be one. */
const USUAL: readonly PersonRule[] = [
  { role: 'outsider', is: 'customer' },
  { role: 'guest', is: 'customer' },
  { role: 'member', where: 'shared', is: 'staff' },
  { role: 'member', is: 'resident' },
]

export interface Table {
  us: Us
  trustedBots: readonly string[]
  people: readonly PersonRule[]
}

export function standingOf({ us, trustedBots, people }: Table, author: Author, where: Where): Standing | 'own' {
  const { user, person, botId } = author
  if ((botId !== undefined && botId === us.bot) || (user !== undefined && user === us.user)) return 'own'
  if (botId !== undefined || person?.isBot) return trustedBots.includes(botId ?? '') ? 'customer' : 'nobody'
  // Slack's own voice, and events that name nobody.
  if (user === undefined || user === 'USLACKBOT') return 'nobody'
  const rule = [...people, ...USUAL].find((each) => fits(each, { user, person, where, us }))
  // Of whom nothing is known is a customer, unless an agent has their id: one of us waits for nobody, a customer must not.
  return rule?.is ?? 'resident'
}

interface Case {
  user: string
  person: Person | undefined
  where: Where
  us: Us
}

function fits(rule: PersonRule, { user, person, where, us }: Case): boolean {
  if (rule.user !== undefined && rule.user !== user) return false
  if (rule.team !== undefined && rule.team !== person?.team) return false
  if (rule.domain !== undefined && rule.domain !== person?.domain) return false
  if (rule.where !== undefined && rule.where !== where) return false
  return rule.role === undefined || rule.role === roleOf(person, us)
}

/** The workspaces of one organisation are one house. */
export function isOfUs({ team, enterprise }: Pick<Person, 'team' | 'enterprise'>, us: Us): boolean {
  if (team === us.team) return true
  return us.enterprise !== undefined && (enterprise === us.enterprise || team === us.enterprise)
}

function roleOf(person: Person | undefined, us: Us): Role | undefined {
  if (!person) return undefined
  if (person.team !== undefined && !isOfUs(person, us)) return 'outsider'
  if (person.isGuest) return 'guest'
  // Slack names everybody's team: of whom it does not, nothing is known.
  return person.team === undefined ? undefined : 'member'
}
