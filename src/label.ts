// Priority and tags: how urgent a conversation is, and by which words it is told from others. Both are an agent's word.
import { type Conversation, lockConversation, refreshCard } from './conversation.ts'
import type { Trx } from './db/open.ts'
import { appendFact, listFacts, type Priority } from './fact.ts'
import { addTags, findOrAddTags, keepOfDesk, listTags, removeTags, TAGS_MAX } from './tag.ts'

export interface Labels {
  by: string
  /** `normal` is neither; left out, it stays as it is. */
  priority?: Priority | 'normal'
  /** Names, as `parseTags` gives them. */
  add: readonly string[]
  /** Ids of tags of the desk, like `remove`. */
  addIds?: readonly string[]
  remove: readonly string[]
}

export type Labelled = { kind: 'labelled' } | { kind: 'too-many-tags' } | { kind: 'desk-has-too-many' }

/** What somebody else has changed meanwhile stays changed. */
export async function label(trx: Trx, conversationId: string, labels: Labels): Promise<Labelled> {
  const conversation = await lockConversation(trx, conversationId)
  const tags = await findOrAddTags(trx, conversation.desk, labels.add)
  if (!tags) return { kind: 'desk-has-too-many' }
  const now = (await listTags(trx, conversationId)).map(({ id }) => id)
  const wanted = new Set([
    ...now.filter((id) => !labels.remove.includes(id)),
    ...tags.map(({ id }) => id),
    ...(await keepOfDesk(trx, conversation.desk, labels.addIds ?? [])),
  ])
  if (wanted.size > TAGS_MAX) return { kind: 'too-many-tags' }
  const { by } = labels
  if (labels.priority !== undefined) await setPriority(trx, conversation, labels.priority, { by })
  await changeTags(
    trx,
    conversation,
    { add: [...wanted], remove: labels.remove.filter((id) => !wanted.has(id)) },
    { by },
  )
  await refreshCard(trx, conversation)
  return { kind: 'labelled' }
}

/** `with`: the conversation because of which it is done. */
interface Because {
  by: string
  with?: string
}

async function setPriority(
  trx: Trx,
  { id, priority }: Conversation,
  wanted: Priority | 'normal',
  because: Because,
): Promise<void> {
  const to = wanted === 'normal' ? null : wanted
  if (to === priority) return
  await trx.updateTable('conversation').set({ priority: to }).where('id', '=', id).execute()
  const data = { ...(priority && { from: priority }), ...(to && { to }), ...withOf(because) }
  await appendFact(trx, { kind: 'priority-set', conversationId: id, actor: because.by, data })
}

async function changeTags(
  trx: Trx,
  { id }: Pick<Conversation, 'id'>,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  because: Because,
): Promise<void> {
  const removed = await removeTags(trx, id, remove)
  const added = await addTags(trx, id, add)
  if (added.length + removed.length === 0) return
  const data = { added, removed, ...withOf(because) }
  await appendFact(trx, { kind: 'tags-set', conversationId: id, actor: because.by, data })
}

const withOf = (because: Because) => (because.with === undefined ? {} : { with: because.with })

/** What becomes part of another conversation brings its tags, as far as there is room, and its hurry. */
export async function joinLabels(trx: Trx, from: Conversation, into: Conversation, by: string): Promise<void> {
  const because = { by, with: from.id }
  if (from.priority === 'high') await setPriority(trx, into, 'high', because)
  const room = TAGS_MAX - (await listTags(trx, into.id)).length
  const mine = (await listTags(trx, from.id)).map(({ id }) => id)
  const theirs = new Set((await listTags(trx, into.id)).map(({ id }) => id))
  const add = mine.filter((id) => !theirs.has(id)).slice(0, room)
  await changeTags(trx, into, { add, remove: [] }, because)
}

/** What it has brought goes with it again, unless an agent has decided otherwise since. */
export async function partLabels(trx: Trx, from: Conversation, into: Conversation, by: string): Promise<void> {
  const because = { by, with: from.id }
  const told = await listFacts(trx, into.id, ['priority-set', 'tags-set', 'conversation-split'])
  // Only what the last joining brought: an earlier one has been taken back already.
  const parted = told.findLastIndex((fact) => fact.kind === 'conversation-split' && fact.data.into === from.id)
  const facts = told.slice(parted + 1)
  const raised = facts.findLastIndex((fact) => fact.kind === 'priority-set')
  const last = facts[raised]
  if (last?.kind === 'priority-set' && last.data.with === from.id)
    await setPriority(trx, into, last.data.from ?? 'normal', because)
  const brought = facts.flatMap((fact) =>
    fact.kind === 'tags-set' && fact.data.with === from.id ? fact.data.added : [],
  )
  await changeTags(trx, into, { add: [], remove: brought }, because)
}

/** A part of a conversation that becomes one of its own keeps its tags; its priority it was opened with. */
export async function copyTags(trx: Trx, from: string, to: string, by: string): Promise<void> {
  const add = (await listTags(trx, from)).map(({ id }) => id)
  await changeTags(trx, { id: to }, { add, remove: [] }, { by, with: from })
}

/** Another desk has its own tags: those of the same names. What it has no room for stays behind. */
export async function moveTags(trx: Trx, conversationId: string, desk: string, by: string): Promise<void> {
  const before = await listTags(trx, conversationId)
  const after =
    (await findOrAddTags(
      trx,
      desk,
      before.map(({ name }) => name),
    )) ?? []
  const remove = before.map(({ id }) => id)
  await changeTags(trx, { id: conversationId }, { add: after.map(({ id }) => id), remove }, { by })
}
