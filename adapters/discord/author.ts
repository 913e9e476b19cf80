// Who wrote a message: one table, from the top, the first line that fits decides. Staff are never customers, and machines are nobody.

export interface Author {
  id: string
  isSelf: boolean
  /** A bot, a webhook or Discord itself. */
  isMachine: boolean
  roles: readonly string[]
}

/** Where it was written. */
export interface Setting {
  /** Others can read along: a support channel, a thread or a post. */
  isPublic: boolean
  /** It begins a conversation rather than belonging to one. */
  isTop: boolean
  /** Whose conversation it is, where that is known. */
  ownerId?: string
}

export interface People {
  /** Slack user ids by Discord user id. */
  agents: ReadonlyMap<string, string>
  staffRoles: ReadonlySet<string>
  helperRoles: ReadonlySet<string>
  /** Bots and webhooks that are heard like people. */
  trustedBots: ReadonlySet<string>
}

export type Verdict =
  | { who: 'ourselves' }
  | { who: 'ignored'; why: string }
  | { who: 'customer' }
  /** One of us, past the program. Without an id nobody knows which agent. */
  | { who: 'staff'; agentId?: string }
  | { who: 'bystander'; as: 'member' | 'helper' }

interface Rule {
  when(author: Author, setting: Setting, people: People): boolean
  verdict(author: Author, people: People): Verdict
}

const ignored = (why: string) => (): Verdict => ({ who: 'ignored', why })
const has = (roles: readonly string[], wanted: ReadonlySet<string>) => roles.some((role) => wanted.has(role))
const isStaff = ({ id, roles }: Author, { agents, staffRoles }: People) => agents.has(id) || has(roles, staffRoles)
const isOther = ({ id }: Author, { isTop, ownerId }: Setting) => !isTop && ownerId !== undefined && ownerId !== id

const RULES: Rule[] = [
  { when: ({ isSelf }) => isSelf, verdict: () => ({ who: 'ourselves' }) },
  {
    when: ({ isMachine, id }, _, { trustedBots }) => isMachine && !trustedBots.has(id),
    verdict: ignored('a bot or webhook'),
  },
  {
    when: (author, { isPublic }, people) => !isPublic && isStaff(author, people),
    verdict: ignored('one of us, in a direct message'),
  },
  {
    when: (author, _, people) => isStaff(author, people),
    verdict: ({ id }, { agents }) => {
      const agentId = agents.get(id)
      return { who: 'staff', ...(agentId !== undefined && { agentId }) }
    },
  },
  {
    when: (author, setting, { helperRoles }) => isOther(author, setting) && has(author.roles, helperRoles),
    verdict: () => ({ who: 'bystander', as: 'helper' }),
  },
  { when: (author, setting) => isOther(author, setting), verdict: () => ({ who: 'bystander', as: 'member' }) },
  { when: () => true, verdict: () => ({ who: 'customer' }) },
]

export function judgeAuthor(author: Author, setting: Setting, people: People): Verdict {
  const rule = RULES.find(({ when }) => when(author, setting, people))
  return rule ? rule.verdict(author, people) : { who: 'ignored', why: 'nobody knows' }
}
