// Whom a text really pings: what it names, as far as `allowed_mentions` and the author's permissions let it.
import { asJson, asList, type Json } from '../slack/json.ts'
import type { Form } from './form.ts'
import { MAY, permissionsIn } from './permissions.ts'
import type { Channel, Message } from './records.ts'
import type { World } from './world.ts'

export type Mentioned = Pick<Message, 'mentions' | 'mentionRoles' | 'mentionEveryone'>

const LISTED_MAX = 100

/** Without `allowed` everything named is pinged: Discord's default, for edits too. */
export function mentionsIn(
  world: World,
  channel: Channel,
  said: { authorId: string; content: string; allowed?: Json | undefined; repliesTo?: string | undefined },
): Mentioned {
  const { authorId, content, allowed, repliesTo } = said
  const permissions = permissionsIn(world, channel, authorId)
  const mayPingAll = (permissions & MAY.mentionEveryone) !== 0n
  const guild = world.guilds.get(channel.guildId ?? '')
  const users = idsIn(content, /<@!?(\d+)>/g).filter((id) => world.users.has(id) && lets(allowed, 'users', id))
  const roles = idsIn(content, /<@&(\d+)>/g).filter((id) => {
    const role = guild?.roles.get(id)
    return role && (role.mentionable || mayPingAll) && lets(allowed, 'roles', id)
  })
  const pingsReplied = repliesTo !== undefined && (allowed ? allowed.replied_user === true : true)
  return {
    mentions: [...new Set([...(pingsReplied ? [repliesTo] : []), ...users])],
    mentionRoles: roles,
    mentionEveryone:
      guild !== undefined && mayPingAll && /@(everyone|here)\b/.test(content) && lets(allowed, 'everyone', undefined),
  }
}

/** The part of a form that says whom a message may ping, checked. */
export function readAllowed(form: Form): Json | undefined {
  const allowed = form.object('allowed_mentions')
  if (!allowed) return undefined
  const parse = asList(allowed.raw.parse)
  for (const [index, kind] of parse.entries()) {
    if (kind === 'users' || kind === 'roles' || kind === 'everyone') continue
    allowed.fault(`parse.${index}`, 'BASE_TYPE_CHOICES', "Value must be one of ('users', 'roles', 'everyone').")
  }
  for (const kind of ['users', 'roles']) {
    const listed = allowed.ids(kind, { max: LISTED_MAX })
    if (listed && listed.length > 0 && parse.includes(kind)) {
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`
      allowed.fault('', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message)
    }
  }
  return asJson(allowed.raw)
}

function lets(allowed: Json | undefined, kind: 'users' | 'roles' | 'everyone', id: string | undefined): boolean {
  if (!allowed || asList(allowed.parse).includes(kind)) return true
  return id !== undefined && asList(allowed[kind]).map(String).includes(id)
}

function idsIn(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].map((match) => match[1] ?? ''))]
}
