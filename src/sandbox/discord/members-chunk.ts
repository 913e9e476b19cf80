// A bot may ask for a guild's members at the gateway; they come in chunks.
import { asList, asNumber, asText, type Json } from '../slack/json.ts'
import { INTENT } from './intent.ts'
import type { Session, Sessions } from './session.ts'
import { fullMemberShape } from './shape-user.ts'
import type { World } from './world.ts'

const CHUNK_MAX = 1000
const QUERY_MAX = 100

export function membersChunk(world: World, sessions: Sessions, session: Session, d: Json): void {
  const guild = world.guilds.get(asText(d.guild_id) ?? '')
  if (!guild?.members.has(session.app.id)) return
  const ids = d.user_ids === undefined ? undefined : [d.user_ids].flat().map(String)
  const query = (asText(d.query) ?? '').toLowerCase()
  const limit = asNumber(d.limit) ?? 0
  // The whole list is only for bots that were allowed to know it.
  if (!ids && query === '' && !(session.intents & INTENT.members)) return
  const all = [...guild.members.values()].flatMap((member) => {
    const user = world.users.get(member.userId)
    return user ? [{ member, user }] : []
  })
  const fitting = all.filter(({ member, user }) =>
    ids ? ids.includes(user.id) : (member.nick ?? user.username).toLowerCase().startsWith(query),
  )
  const chosen = ids || query === '' ? fitting : fitting.slice(0, Math.min(limit || QUERY_MAX, QUERY_MAX))
  const count = Math.max(1, Math.ceil(chosen.length / CHUNK_MAX))
  for (let index = 0; index < count; index += 1) {
    const chunk = chosen.slice(index * CHUNK_MAX, (index + 1) * CHUNK_MAX)
    sessions.dispatch(session, 'GUILD_MEMBERS_CHUNK', {
      guild_id: guild.id,
      members: chunk.map(({ member, user }) => fullMemberShape(member, user)),
      chunk_index: index,
      chunk_count: count,
      ...(ids && { not_found: ids.filter((id) => !guild.members.has(id)) }),
      ...(d.nonce !== undefined && { nonce: d.nonce }),
      ...(asList(d.presences).length > 0 && { presences: [] }),
    })
  }
}
