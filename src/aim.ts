// Where a reply goes: to the conversation's own customer where they asked, or to the same person at another address of theirs.
import type { Address } from './channel.ts'
import { getIdentity, type KnownIdentity } from './contact.ts'
import type { Reader } from './db/open.ts'
import type { RecipientChoices } from './recipients.ts'
import { listSamePerson } from './same-person.ts'

/** Another address of the conversation's customer, and the channel that leads there. */
export interface Aim {
  identityId: string
  channel: string
  /** Where that channel wants one and the conversation has none. */
  subject?: string
}

/** The same person may be somebody else by the time a reply leaves: nobody is written to then. */
export async function isSamePerson(db: Reader, identityId: string, otherId: string): Promise<boolean> {
  if (identityId === otherId) return true
  const [one, other] = [await getIdentity(db, identityId), await getIdentity(db, otherId)]
  return (await listSamePerson(db, one.contactId)).includes(other.contactId)
}

/** Nobody else gets a copy of what goes elsewhere than it was asked. */
export function choicesFor({ address, name }: KnownIdentity): RecipientChoices {
  return { to: { ...addressOf({ address, name }), mark: 'known', ticked: true }, cc: [] }
}

function addressOf({ address, name }: { address: string; name: string | undefined }): Address {
  return { address, ...(name !== undefined && { name }) }
}

/** By which channel of the desk's somebody is reached: the one on which we know them, else the one that was used last, else any. */
export async function findChannelTo(
  db: Reader,
  { id, channelKind }: Pick<KnownIdentity, 'id' | 'channelKind'>,
  { desk, configured }: { desk: string; configured: readonly string[] | undefined },
): Promise<string | undefined> {
  const used = db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('conversation.channel')
    .where('conversation.desk', '=', desk)
    .where('identity.channel_kind', '=', channelKind)
    .orderBy('conversation.id', 'desc')
    .limit(1)
  const own = await used.where('identity.id', '=', id).executeTakeFirst()
  const last = own ?? (await used.executeTakeFirst())
  const known = [...(own ? [own.channel] : []), ...(last ? [last.channel] : [])]
  if (!configured) return known[0]
  const there = configured.filter((name) => name === channelKind || name.startsWith(`${channelKind}:`))
  return known.find((name) => there.includes(name)) ?? there[0]
}
