// A message in full, in a modal: all its words, the original behind it, and each of its files, brought into the thread on demand.
import { findBlobStart } from '../blob.ts'
import { getIdentity, type Identity } from '../contact.ts'
import { type Conversation, getConversation } from '../conversation.ts'
import type { Reader } from '../db/open.ts'
import { getMessage, type Message } from '../message.ts'
import { listVersions } from '../version.ts'
import { admit, admitTo } from './admission.ts'
import { nameOf } from './agents.ts'
import { findFetchObjection, findFileObjection } from './file-content.ts'
import { shownName } from './file-name.ts'
import { findFileLink } from './file-post.ts'
import { toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { openView, type Prepared } from './open-view.ts'
import { mayUse } from './permission.ts'
import { nameOfWriter } from './question.ts'
import { replaceView } from './respond.ts'
import { bringAgain, listThreadFiles } from './thread-file.ts'
import { type DeskTools, getDesk } from './tools.ts'
import {
  type News,
  WHOLE_TITLES,
  type Whole,
  type WholeMeta,
  type WholeShow,
  type WholeVersion,
  wholeView,
} from './whole-view.ts'

/** From a button of the entry in the thread. */
export const openWhole =
  (show: WholeShow) =>
  async (tools: DeskTools, click: Click): Promise<void> => {
    const prepare = async () => await prepareWhole(tools, click.who, { messageId: click.value, show, page: 0 })
    await openView(tools, click, { title: WHOLE_TITLES[show], prepare })
  }

/** Inside the modal. */
export async function turnPage(tools: DeskTools, click: Click): Promise<void> {
  const { view } = click
  if (view) await show(tools, click.who, view, { ...metaOf(view), page: Number(click.value) || 0 })
}

export async function getFile(tools: DeskTools, click: Click): Promise<void> {
  await bring(tools, click, (whole) => (whole.files.some(({ what }) => what === click.value) ? [click.value] : []))
}

/** So many at once; whoever wants more asks again. */
const AT_ONCE_MAX = 20

export async function getAllFiles(tools: DeskTools, click: Click): Promise<void> {
  await bring(tools, click, ({ files }) =>
    files
      .filter(({ what, isShared, bytes }) => what !== 'original' && what !== 'text' && !isShared && bytes > 0)
      .slice(0, AT_ONCE_MAX)
      .map(({ what }) => what),
  )
}

async function bring(tools: DeskTools, click: Click, choose: (whole: Whole) => string[]): Promise<void> {
  const { who, view } = click
  if (!view) return
  const meta = metaOf(view)
  const { conversation_id: id } = await getMessage(tools.db, meta.messageId)
  const admission = await admitTo(tools, who, 'get-file', id)
  if (admission.kind === 'refused') return await show(tools, who, view, meta, { text: admission.text })
  const message = await getMessage(tools.db, meta.messageId)
  const whole = await readWhole(tools, admission.conversation, message)
  const news = await ask(tools, admission.conversation, whole, choose(whole))
  await show(tools, who, view, meta, news)
}

async function ask(tools: DeskTools, conversation: Conversation, whole: Whole, wanted: string[]): Promise<News> {
  const files = whole.files.filter(({ what }) => wanted.includes(what))
  const [first] = files
  if (!first) return { text: 'There is nothing more to bring.' }
  const name = shownName(first.name)
  const objection = files.length === 1 ? findFileObjection(first.bytes) : undefined
  if (objection) return { text: `${name}: ${objection}` }
  if (files.length === 1 && first.isShared) {
    const link = first.fileId === undefined ? undefined : await findFileLink(tools.read, first.fileId)
    return { text: `${name} is in the thread already.`, ...(link !== undefined && { link }) }
  }
  if (!(await mayUse(tools, 'files:write'))) return { text: NOT_ALLOWED }
  await tools.db.transaction(async (trx) => {
    for (const { what } of files) await bringAgain(trx, conversation, whole.messageId, what)
  })
  const text = files.length === 1 ? `${name} comes into the thread in a moment.` : `${files.length} files are coming.`
  return { text }
}

const NOT_ALLOWED =
  'Slack does not let Deskbell bring files. An administrator has to install the app again with the permission files:write.'

function metaOf(view: OpenView): WholeMeta {
  return JSON.parse(view.metadata) as WholeMeta
}

/** No hash: whatever was pressed last is what is shown. */
async function show(tools: DeskTools, who: Person, view: OpenView, meta: WholeMeta, news?: News): Promise<void> {
  const prepared = await prepareWhole(tools, who, meta, news)
  const { at, show: what } = meta
  const shown = prepared.kind === 'view' ? prepared.view : toldView(WHOLE_TITLES[what], prepared.text)
  await replaceView(tools, who, { channel: at }, { target: { view_id: view.id }, view: shown })
}

async function prepareWhole(
  tools: DeskTools,
  who: Person,
  about: Pick<WholeMeta, 'messageId' | 'show' | 'page'>,
  news?: News,
): Promise<Prepared> {
  const message = await getMessage(tools.db, about.messageId)
  const conversation = await getConversation(tools.db, message.conversation_id)
  const desk = getDesk(tools, conversation.desk)
  const attempt = { desk, action: `show-${about.show}`, conversationId: conversation.id }
  const admission = await admit(tools, who, attempt)
  if (admission.kind === 'refused') return admission
  const whole = await readWhole(tools, conversation, message)
  const head = about.show === 'original' ? await readHead(tools, conversation, message) : []
  const meta: WholeMeta = { at: desk.channel, messageId: message.id, show: about.show, page: about.page }
  return { kind: 'view', view: wholeView(meta, { ...whole, head }, news) }
}

async function readWhole({ db }: DeskTools, conversation: Conversation, message: Message): Promise<Whole> {
  const identity = await getIdentity(db, conversation.identity_id)
  const rows = await db
    .selectFrom('attachment')
    .select(['id', 'name', 'type', 'bytes', 'fetch', 'fetch_error'])
    .where('message_id', '=', message.id)
    .orderBy('id')
    .execute()
  const raw = await db
    .selectFrom('blob')
    .select('bytes')
    .where('id', '=', message.blob_id ?? '')
    .executeTakeFirst()
  const brought = await listThreadFiles(db, message.id)
  const files = [
    ...rows.map((row) => {
      const { id, name, type, bytes } = row
      return { what: id, name, type, bytes, notHere: findFetchObjection(row) }
    }),
    { what: 'original', name: 'The original', type: 'message/rfc822', bytes: raw?.bytes ?? 0, notHere: undefined },
    {
      what: 'text',
      name: 'The whole text',
      type: 'text/plain',
      bytes: Buffer.byteLength(message.text),
      notHere: undefined,
    },
  ]
  return {
    messageId: message.id,
    from: message.author === identity.address ? identity : await writerOf(db, message, identity),
    at: message.arrived_at,
    isOurs: message.direction !== 'inbound',
    subject: message.subject ?? undefined,
    sender: message.sender ?? undefined,
    text: message.text,
    isFolded: message.unquoted !== null,
    versions: await readVersions(db, message),
    deletedAt: message.deleted_at ?? undefined,
    head: [],
    files: files.map(({ notHere, ...file }) => {
      const known = brought.find(({ what }) => what === file.what)
      return { ...file, isShared: known?.isShared ?? false, fileId: known?.fileId, error: known?.error ?? notHere }
    }),
  }
}

/** One of us, or somebody who takes part. */
async function writerOf(db: Reader, message: Message, identity: Identity): Promise<Whole['from']> {
  const { author, delivery } = message
  if (delivery !== null && !author.includes('@')) return { address: await nameOf(db, author) }
  const name = await nameOfWriter(db, message, identity)
  return name === author ? { address: author } : { name, address: author }
}

async function readVersions(db: Reader, { id }: Message): Promise<WholeVersion[]> {
  const named: WholeVersion[] = []
  for (const { kind, author, at, text } of await listVersions(db, id)) {
    const isTaken = kind === 'deletion' || kind === 'retraction'
    const by = author === null ? undefined : await nameOf(db, author)
    named.push({ kind: isTaken ? 'taken' : 'said', by, at, text })
  }
  return named
}

/** Without its channel, or once the original is not kept any more, what is stored has to do. */
async function readHead(tools: DeskTools, conversation: Conversation, message: Message): Promise<Whole['head']> {
  const start = message.blob_id === null ? undefined : await findBlobStart(tools.db, message.blob_id)
  if (!start) return []
  try {
    return tools.channelOf(conversation.channel).readHead?.(start) ?? []
  } catch (error) {
    tools.log.warn({ message: message.id, error: String(error) }, 'desk: the head of an original could not be read')
    return []
  }
}
