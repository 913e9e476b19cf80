// "Person…", on a card: who else the customer is. Somebody says so by name, or the customer proves it with a code.
import type { Button, KnownBlock, ModalView } from '@slack/types'
import { getIdentity } from '../contact.ts'
import type { Conversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { makeCode } from '../link-code.ts'
import { type ContactLink, linkPeople, listLinks, unlinkPeople } from '../person.ts'
import { admitTo } from './admission.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { findByThread } from './notes.ts'
import { openView, type Prepared } from './open-view.ts'
import { customerName, isSaid, wayWords } from './question.ts'
import { type Outcome, replaceView } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import { type Inline, instant, note, paragraph, plain, word } from './words.ts'

export const PERSON = 'person'
export const PART_PERSON = 'part_person'
export const PERSON_CODE = 'person_code'
const TITLE = 'Same person'
const NAMED_MAX = 5

export async function openPerson(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, PERSON, click.value)
    if (admission.kind === 'refused') return admission
    return { kind: 'view', view: await personView(tools.db, admission.conversation, admission.desk) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

async function personView(db: Reader, conversation: Conversation, desk: Desk, news?: string): Promise<ModalView> {
  const { contactId } = await getIdentity(db, conversation.identity_id)
  const meta: FormMeta = { conversationId: conversation.id, at: desk.channel }
  const links = await listLinks(db, contactId)
  const code: Button = { type: 'button', action_id: PERSON_CODE, text: plain('Make a code'), value: conversation.id }
  const blocks: KnownBlock[] = [
    ...(news === undefined ? [] : [paragraph([word(news, { bold: true })])]),
    paragraph([word('This card: '), ...(await contactWords(db, contactId))]),
    ...(await Promise.all(links.map((link) => linkBlocks(db, link)))).flat(),
    {
      type: 'input',
      block_id: 'other',
      optional: true,
      label: plain('Who is the same person?'),
      hint: plain(
        'The link to another card of theirs (Copy link), or their mail address. Names prove nothing: be sure.',
      ),
      element: { type: 'plain_text_input', action_id: 'other', max_length: 500 },
    },
    note('Or let them prove it: give them a code, and they send it to us from the other channel within a day.'),
    { type: 'actions', elements: [code] },
  ]
  return formView({ callbackId: PERSON, title: TITLE, submit: 'Link them', meta, blocks })
}

async function linkBlocks(db: Reader, link: ContactLink): Promise<KnownBlock[]> {
  const moved = (JSON.parse(link.moved) as string[]).slice(0, NAMED_MAX)
  const names: Inline[] = []
  for (const id of moved) names.push(word(names.length === 0 ? 'Also: ' : '; '), ...(await contactWords(db, id)))
  const said = link.how === 'agent' ? 'said so ' : 'asked for the code that proved it '
  const value = `${link.id} ${link.conversation_id}`
  const part: Button = { type: 'button', action_id: PART_PERSON, text: plain('Not the same'), value }
  return [
    paragraph([...names, word(' · '), { type: 'user', user_id: link.agent_id }, word(` ${said}`), instant(link.at)]),
    { type: 'actions', elements: [part] },
  ]
}

async function contactWords(db: Reader, contactId: string): Promise<Inline[]> {
  const rows = await db
    .selectFrom('identity')
    .select(['name', 'address', 'channel_kind'])
    .where('contact_id', '=', contactId)
    .orderBy('id')
    .limit(NAMED_MAX)
    .execute()
  return rows.map(({ name, address, channel_kind }, n) => {
    const who = customerName({ address, ...(name !== null && { name }) })
    const extra = isSaid(who, address) ? '' : ` (${address})`
    return word(`${n === 0 ? '' : ', '}${who}${extra} ${wayWords(channel_kind)}`)
  })
}

async function submitPerson(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const atOther = (text: string): Outcome => ({ kind: 'errors', blockId: 'other', text })
  const admission = await admitTo(tools, who, PERSON, conversationId)
  if (admission.kind === 'refused') return atOther(admission.text)
  const typed = view.typed('other', 'other').trim()
  if (typed === '') return { kind: 'close', late: toldView(TITLE, 'Nothing was changed.') }
  const otherId = await findContact(tools.db, admission.conversation, typed)
  if (otherId === undefined) return atOther(NOT_FOUND)
  const { contactId } = await getIdentity(tools.db, admission.conversation.identity_id)
  const by = { how: 'agent' as const, agentId: admission.agent.id }
  const link = await tools.db.transaction((trx) =>
    linkPeople(trx, { contactId, otherId, by, conversationId, policies: tools.policies }),
  )
  const news = link === undefined ? 'They are one person already.' : 'Linked. Their cards tell of each other now.'
  return { kind: 'update', view: await personView(tools.db, admission.conversation, admission.desk, news) }
}

const NOT_FOUND =
  'Nobody is found by this. Paste the link to the other card of this desk (its menu has “Copy link”), or the mail address they wrote from.'

const PERMALINK = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/

async function findContact(db: Reader, { desk }: Conversation, typed: string): Promise<string | undefined> {
  const [, channel, seconds, micros] = PERMALINK.exec(typed) ?? []
  if (channel !== undefined) {
    const other = await findByThread(db, channel, `${seconds}.${micros}`)
    return other?.desk === desk ? (await getIdentity(db, other.identity_id)).contactId : undefined
  }
  const row = await db
    .selectFrom('identity')
    .innerJoin('conversation', 'conversation.identity_id', 'identity.id')
    .select('identity.contact_id')
    .where('identity.channel_kind', '=', 'email')
    .where('identity.address', '=', typed.toLowerCase())
    .where('conversation.desk', '=', desk)
    .limit(1)
    .executeTakeFirst()
  return row?.contact_id
}

export const personForm = shortForm(TITLE, submitPerson, (view) => view.typed('other', 'other'))

/** In the modal. */
export async function partPerson(tools: DeskTools, click: Click): Promise<void> {
  const [link = ''] = click.value.split(' ')
  await changeIn(tools, click, PART_PERSON, async (agentId) => {
    const isDone = await tools.db.transaction((trx) => unlinkPeople(trx, link, { agentId, policies: tools.policies }))
    return isDone ? 'Parted. Each card tells its own story again.' : 'Somebody has parted them already.'
  })
}

export async function makePersonCode(tools: DeskTools, click: Click): Promise<void> {
  await changeIn(tools, click, PERSON_CODE, async (agentId, conversation) => {
    const { contactId } = await getIdentity(tools.db, conversation.identity_id)
    const asked = { contactId, conversationId: conversation.id, agentId }
    const code = await tools.db.transaction((trx) => makeCode(trx, asked))
    return `The code is ${code}. Give it to them here; once it comes from their other channel, within a day, they are linked.`
  })
}

async function changeIn(
  tools: DeskTools,
  { who, view }: Click,
  action: string,
  change: (agentId: string, conversation: Conversation) => Promise<string>,
): Promise<void> {
  if (!view) return
  const { conversationId, at } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, action, conversationId)
  const shown =
    admission.kind === 'refused'
      ? toldView(TITLE, admission.text)
      : await personView(
          tools.db,
          admission.conversation,
          admission.desk,
          await change(admission.agent.id, admission.conversation),
        )
  await replaceView(tools, who, { channel: at }, { target: { view_id: view.id }, view: shown })
}
