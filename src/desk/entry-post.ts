// Brings a message's entry into the card's thread, post by post, each on record before the next.
import { SendError } from '../channel.ts'
import { getConversation } from '../conversation.ts'
import type { Db, Trx } from '../db/open.ts'
import { listPlaced } from '../file-place.ts'
import { getMessage } from '../message.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Look, Outcome, Settled } from '../outbox-attempt.ts'
import { codeOf } from '../slack/trouble.ts'
import { resolveAddressees } from './addressee.ts'
import { nameOf } from './agents.ts'
import type { DeskPosting } from './card-post.ts'
import { abilitiesOf } from './correct.ts'
import { type EntryPlan, renderEntry } from './entry.ts'
import { isChanged } from './entry-change.ts'
import { type EntryView, readEntry } from './entry-view.ts'
import type { FileReading } from './file-content.ts'
import { type Finder, makeFinder } from './find-post.ts'
import { findLink } from './link.ts'
import { listOwnFiles } from './own-files.ts'
import { isPerson } from './page-post.ts'
import { inDesk, post, update } from './post.ts'
import type { Presence } from './presence.ts'
import { standingOf } from './standing.ts'
import { bringOnce, type FileOf } from './thread-file.ts'
import { type Desk, deskOrFirst, deskTitle } from './tools.ts'
import type { Posted } from './view.ts'
import { paragraph, word } from './words.ts'

export type EntryPosting = DeskPosting & Pick<FileReading, 'channelOf'> & { desks: readonly Desk[]; presence: Presence }

export function entryHandler(options: EntryPosting): Handler {
  const { db, room, channelOf } = options
  const abilities = (channel: string) => abilitiesOf(channelOf, channel)
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const view = await readEntry(db, messageOf(effect), abilities)
      if (!view) return NOTHING
      if (!view.card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const shown = await withCalled(options, await withLink(options, view))
      return await inDesk(bring(options, shown, view.card, effect.id))
    },
    async verify(effect) {
      const view = await readEntry(db, messageOf(effect))
      if (!view) return NOTHING
      return view.card ? await look(options, finder, effect, view, view.card) : { kind: 'absent' }
    },
    settle,
  }
}

const NOTHING: Outcome = { kind: 'moot', reason: 'what was typed in the thread stands there already' }

function messageOf(effect: Effect): string {
  return (JSON.parse(effect.payload) as { messageId: string }).messageId
}

async function bring({ db, clock, room }: DeskPosting, view: EntryView, card: Posted, oid: string): Promise<Outcome> {
  const plan = renderEntry(view)
  for (const [n, stands] of view.posts.entries()) {
    if (n > 0 && !hasChanged(view)) break
    await renew(room.clients.board, stands, plan.posts[n] ?? NOT_ANY_MORE)
  }
  for (const [n, content] of plan.posts.entries()) {
    if (n < view.posts.length) continue
    const place = { channel: card.channel, threadTs: card.ts }
    const posted = await post(room.clients.post, place, content, { oid, n }, 'post the message in the thread')
    await db.transaction((trx) => record(trx, view, posted))
  }
  return { kind: 'accepted', detail: await filesOf(db, view, plan, clock.now()) }
}

const hasChanged = ({ said }: EntryView) => said.kind !== 'hand-over' && said.kind !== 'case-note' && isChanged(said)

/** Slack is asked for the way to the other card only where there is one. */
async function withLink({ room, desks }: EntryPosting, view: EntryView): Promise<EntryView> {
  const { said } = view
  if (said.kind !== 'case-note') return view
  const card = said.other?.card
  const link = card && (await findLink(room.clients.read, card))
  const from = desks.find(({ name }) => name === said.from)
  return { ...view, said: { ...said, link, from: from ? deskTitle(from) : said.from } }
}

/**
 * Whoever is away, or left, is not called; who stands in for them is. What Slack keeps from people for a night does not count
 * here: they see it in the morning, and what is urgent the ladder tells.
 */
async function withCalled(options: EntryPosting, view: EntryView): Promise<EntryView> {
  const { said } = view
  const desk = deskOrFirst(options.desks, view.desk)
  if (said.kind !== 'inbound' || said.ownerId === undefined || !said.counts || !desk) return view
  const standing = await standingOf(options, desk, said.ownerId, { isQuiet: true })
  const [reached] = await resolveAddressees([{ kind: 'assignee' }], standing)
  if (!reached || reached.to === said.ownerId) return view
  const called = {
    to: isPerson(reached.to) ? reached.to : undefined,
    insteadOf: await nameOf(options.db, said.ownerId),
    ...(reached.because && { because: reached.because }),
  }
  return { ...view, said: { ...said, called } }
}

/** It was longer before somebody changed it. Slack replaces rich text by rich text only. */
const NOT_ANY_MORE = { text: 'Not in it any more.', blocks: [paragraph([word('This part is not in it any more.')])] }

/** Somebody deleted it in Slack: that was their decision. */
async function renew(client: Parameters<typeof update>[0], head: Posted, content: EntryPlan['posts'][0]) {
  try {
    await update(client, head, content, 'update the message in the thread')
  } catch (error) {
    if (codeOf(error) !== 'message_not_found') throw error
  }
}

/** What belongs below the entry without anybody asking for it. */
async function filesOf(db: Db, view: EntryView, { file }: EntryPlan, now: number): Promise<FileOf[]> {
  const own = await listOwnFiles(db, view.messageId, now)
  const seen = await listPlaced(db, view.messageId)
  return [...new Set([...(file === undefined || view.hasFile ? [] : [file]), ...own, ...seen])]
}

/** Behind the entry, each an effect of its own. */
async function settle(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted') return
  const files = settled.detail as FileOf[]
  if (files.length === 0) return
  const messageId = messageOf(effect)
  const { conversation_id: id } = await getMessage(trx, messageId)
  const conversation = await getConversation(trx, id)
  for (const what of files) await bringOnce(trx, conversation, messageId, what)
}

async function record(trx: Trx, { conversationId, messageId }: EntryView, { channel, ts }: Posted): Promise<void> {
  await trx
    .insertInto('desk_post')
    .values({ channel, ts, conversation_id: conversationId, message_id: messageId })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** What is found is put on record, so that the next attempt goes on behind it. */
async function look(
  { db, clock }: DeskPosting,
  finder: Finder,
  effect: Effect,
  view: EntryView,
  card: Posted,
): Promise<Look> {
  const plan = renderEntry(view)
  if (view.posts.length >= plan.posts.length) return { kind: 'repeatable' }
  const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
  if (!found) return { kind: 'unknown' }
  const mine = found.filter(({ n, ts }) => n !== undefined && !view.posts.some((known) => known.ts === ts))
  await db.transaction(async (trx) => {
    for (const { ts } of mine) await record(trx, view, { channel: card.channel, ts })
  })
  const isThere = view.posts.length + mine.length >= plan.posts.length
  return isThere ? { kind: 'accepted', detail: await filesOf(db, view, plan, clock.now()) } : { kind: 'absent' }
}
