// "Write to them…" and `/desk new`: one of us begins a conversation with a customer, on any channel where we know them.
import type { ModalView } from '@slack/types'
import { channelKind } from '../channel.ts'
import { findOrAddIdentity, getIdentity, type KnownIdentity, listIdentities } from '../contact.ts'
import type { Trx } from '../db/open.ts'
import { beginConversation } from '../first-words.ts'
import { linkPeople } from '../person.ts'
import { typedText } from '../slack/mrkdwn.ts'
import {
  ADDRESS_BLOCK,
  addressInput,
  isMailAddress,
  NEW_ADDRESS_BLOCK,
  NO_SUBJECT,
  newAddressInput,
  readAddress,
  SUBJECT_BLOCK,
  subjectInput,
} from './address-input.ts'
import { admit, admitTo, listDesksOf } from './admission.ts'
import { channelTo } from './aimed.ts'
import type { Call } from './command.ts'
import { prepareComposer } from './composer.ts'
import { shortForm } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import { type Desk, type DeskTools, getDesk } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { note, plain } from './words.ts'

export const WRITE_TO = 'write_to'
const TITLE = 'Write to a customer'

interface WriteMeta {
  desk: string
  at: string
  /** Whose other address it is that somebody types; and where that was said. */
  of?: { contactId: string; conversationId: string }
}

/** In the customer's form. */
export async function openWriteTo(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, WRITE_TO, click.value)
    if (admission.kind === 'refused') return admission
    const { desk, conversation } = admission
    const { contactId } = await getIdentity(tools.db, conversation.identity_id)
    const identities = await listIdentities(tools.db, contactId)
    const meta = { desk: desk.name, at: desk.channel, of: { contactId, conversationId: conversation.id } }
    return { kind: 'view', view: await writeView(tools, desk, meta, { identities, typed: '' }) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

/** `/desk new ana@example.org` */
export async function writeNew(tools: DeskTools, { who, channel, rest, triggerId }: Call): Promise<Whisper> {
  const own = await listDesksOf(tools, who)
  const desk = tools.desks.find((each) => each.channel === channel) ?? own[0] ?? tools.desks[0]
  if (!desk) return { text: 'There is no desk yet.' }
  const admission = await admit(tools, who, { desk, action: WRITE_TO })
  if (admission.kind === 'refused') return { text: admission.text }
  const typed = typedText(rest).trim().toLowerCase()
  const prepare = async (): Promise<Prepared> => {
    const identities = await findKnown(tools, typed)
    const meta = { desk: desk.name, at: desk.channel }
    const view = await writeView(tools, desk, meta, { identities, typed: identities.length > 0 ? '' : typed })
    return { kind: 'view', view }
  }
  const click = { who, triggerId, value: typed, place: { channel }, view: undefined }
  await openView(tools, click, { title: TITLE, prepare })
  return { text: 'Write to them in the form that has opened. Nothing leaves before you have seen it.' }
}

async function findKnown({ db }: DeskTools, address: string): Promise<KnownIdentity[]> {
  const row = await db
    .selectFrom('identity')
    .select('contact_id')
    .where('address', '=', address)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row ? await listIdentities(db, row.contact_id) : []
}

async function writeView(
  tools: DeskTools,
  desk: Desk,
  meta: WriteMeta,
  { identities, typed }: { identities: readonly KnownIdentity[]; typed: string },
): Promise<ModalView> {
  const reached: KnownIdentity[] = []
  for (const identity of identities) if (await channelTo(tools, desk, identity)) reached.push(identity)
  const said =
    reached.length > 0
      ? {
          label: 'Another mail address of theirs',
          hint: 'Instead of the one above. From then on it is known to be theirs.',
          isOptional: true,
        }
      : { label: 'Mail address', hint: 'Whom to write to, such as ana@example.org.', isOptional: false }
  const lost = identities.length - reached.length
  return {
    type: 'modal',
    callback_id: WRITE_TO,
    private_metadata: JSON.stringify(meta),
    title: plain(TITLE),
    submit: plain('Write'),
    close: plain('Cancel'),
    blocks: [
      ...addressInput(reached),
      newAddressInput(typed, said),
      subjectInput(
        '',
        reached.every(({ channelKind }) => channelKind === 'email'),
      ),
      ...(lost > 0 ? [note('Where this desk has no channel they cannot be written to, and are not listed.')] : []),
    ],
  }
}

/** The composer takes the form's place: nothing of it is seen by anybody before it is sent. */
async function submitWriteTo(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as WriteMeta
  const desk = getDesk(tools, meta.desk)
  const at = (blockId: string, text: string): Outcome => ({ kind: 'errors', blockId, text })
  const admission = await admit(tools, who, { desk, action: WRITE_TO })
  if (admission.kind === 'refused') return at(NEW_ADDRESS_BLOCK, admission.text)
  const { identityId, subject, typed } = readAddress(view)
  if (typed !== '' && !isMailAddress(typed))
    return at(NEW_ADDRESS_BLOCK, 'This is no mail address. Write it as ana@example.org.')
  if (typed === '' && identityId === '') return at(NEW_ADDRESS_BLOCK, 'Write the address that it goes to.')
  const known = typed === '' ? await getIdentity(tools.db, identityId) : { id: '', channelKind: 'email' }
  const channel = await channelTo(tools, desk, known)
  const blockId = typed === '' ? ADDRESS_BLOCK : NEW_ADDRESS_BLOCK
  if (channel === undefined) return at(blockId, 'This desk has no channel that leads there.')
  if (channelKind(channel) === 'email' && subject === '') return at(SUBJECT_BLOCK, NO_SUBJECT)
  const conversation = await tools.db.transaction(async (trx) => {
    const id =
      typed === '' ? identityId : await takeAddress(trx, tools, typed, { ...meta, agentId: admission.agent.id })
    return await beginConversation(trx, { identityId: id, channel, desk: desk.name, subject })
  })
  const prepared = await prepareComposer(tools, who, { conversationId: conversation.id, text: '' })
  return prepared.kind === 'refused' ? at(blockId, prepared.text) : { kind: 'update', view: prepared.view }
}

/** An agent answers for it by name that it is theirs. */
async function takeAddress(
  trx: Trx,
  { policies }: DeskTools,
  address: string,
  { of, agentId }: WriteMeta & { agentId: string },
): Promise<string> {
  const { id, contactId: otherId } = await findOrAddIdentity(trx, 'email', { address })
  if (of) await linkPeople(trx, { ...of, otherId, by: { how: 'agent', agentId }, policies })
  return id
}

export const writeToForm = shortForm(TITLE, submitWriteTo)
