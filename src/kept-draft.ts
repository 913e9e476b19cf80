// What an agent had written when they closed the form. It is theirs alone, waits some days for them, and is gone once it was sent.
import { DAY } from './clock.ts'
import type { Reader, Trx } from './db/open.ts'
import { findCurrent } from './evidence.ts'

export interface KeptDraft {
  /** The form it was written in. The same form replaces it, another one adds to it. */
  composer: string
  markdown: string
  letter?: string | undefined
  /** The fingerprint of the letter as it was put in. */
  inserted?: string | undefined
  /** What the letter asks, by name. */
  answers: Readonly<Record<string, string>>
  /** Who is ticked for a copy, by value; undefined where nobody could be. */
  ticked?: readonly string[] | undefined
  noteId?: string | undefined
}

export interface Writer {
  agentId: string
  conversationId: string
}

const KEPT_MS = 14 * DAY
/** Two texts that are longer together are not joined: the newer one stays. */
const JOINED_LENGTH_MAX = 12_000
/** Far more than anybody sends, and as much as a form can show again. */
const KEPT_LENGTH_MAX = 40_000

/** Where it will be looked for: the conversation may have been joined to another one while the form was open. */
export async function keepDraft(trx: Trx, { agentId, conversationId: at }: Writer, draft: KeptDraft): Promise<void> {
  const writer = { agentId, conversationId: (await findCurrent(trx, at)).id }
  await trx
    .deleteFrom('kept_draft')
    .where('kept_at', '<', trx.now() - KEPT_MS)
    .execute()
  const before = await findKeptDraft(trx, writer, trx.now())
  if (draft.markdown.trim() === '' && Object.values(draft.answers).every((answer) => answer === '')) {
    if (before?.composer === draft.composer) await dropKeptDraft(trx, writer)
    return
  }
  const values = {
    composer: draft.composer,
    markdown: joined(draft, before).slice(0, KEPT_LENGTH_MAX).toWellFormed(),
    letter: draft.letter ?? null,
    inserted: draft.inserted ?? null,
    answers: JSON.stringify(draft.answers),
    ticked: draft.ticked ? JSON.stringify(draft.ticked) : null,
    note_id: draft.noteId ?? null,
    kept_at: trx.now(),
  }
  await trx
    .insertInto('kept_draft')
    .values({ agent_id: writer.agentId, conversation_id: writer.conversationId, ...values })
    .onConflict((oc) => oc.columns(['agent_id', 'conversation_id']).doUpdateSet(values))
    .execute()
}

/** Nobody's words are lost because they began anew somewhere else. */
function joined({ composer, markdown }: KeptDraft, before: KeptDraft | undefined): string {
  if (!before || before.composer === composer || before.markdown === markdown) return markdown
  const both = `${markdown}\n\n${before.markdown}`.trim()
  return both.length <= JOINED_LENGTH_MAX ? both : markdown
}

export async function findKeptDraft(
  db: Reader,
  { agentId, conversationId }: Writer,
  now: number,
): Promise<(KeptDraft & { keptAt: number }) | undefined> {
  const row = await db
    .selectFrom('kept_draft')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('conversation_id', '=', conversationId)
    .where('kept_at', '>=', now - KEPT_MS)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    composer: row.composer,
    markdown: row.markdown,
    letter: row.letter ?? undefined,
    inserted: row.inserted ?? undefined,
    answers: JSON.parse(row.answers),
    ticked: row.ticked === null ? undefined : JSON.parse(row.ticked),
    noteId: row.note_id ?? undefined,
    keptAt: row.kept_at,
  }
}

/** For a conversation that becomes part of another one. What it leaves behind shows later whether anybody went on with it. */
export async function copyKeptDrafts(trx: Trx, from: string, to: string): Promise<void> {
  for (const agentId of await listWriters(trx, from)) {
    const there = { agentId, conversationId: to }
    const draft = await findKeptDraft(trx, { agentId, conversationId: from }, trx.now())
    const before = await findKeptDraft(trx, there, trx.now())
    const isFitting = (draft?.markdown.length ?? 0) + (before?.markdown.length ?? 0) < JOINED_LENGTH_MAX
    if (draft && (!before || isFitting)) await keepDraft(trx, there, draft)
  }
}

/** Untouched it goes back to its own conversation; what was made of it there, or sent, stays. */
export async function partKeptDrafts(trx: Trx, from: string, to: string): Promise<void> {
  for (const agentId of await listWriters(trx, from)) {
    const [own, copy] = [
      { agentId, conversationId: from },
      { agentId, conversationId: to },
    ]
    const [left, there] = [await findKeptDraft(trx, own, trx.now()), await findKeptDraft(trx, copy, trx.now())]
    const isSame = there?.composer === left?.composer
    if (isSame && there?.markdown === left?.markdown) await dropKeptDraft(trx, copy)
    else if (isSame || !there) await dropKeptDraft(trx, own)
  }
}

async function listWriters(db: Reader, conversationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('kept_draft')
    .select('agent_id')
    .where('conversation_id', '=', conversationId)
    .orderBy('agent_id')
    .execute()
  return rows.map(({ agent_id }) => agent_id)
}

export async function dropKeptDraft(trx: Trx, { agentId, conversationId }: Writer): Promise<void> {
  await trx
    .deleteFrom('kept_draft')
    .where('agent_id', '=', agentId)
    .where('conversation_id', '=', conversationId)
    .execute()
}

/** Whether what was written in this form is sent, or waits to be: Slack tells us of its closing only afterwards. */
export async function isSpent(db: Reader, composer: string): Promise<boolean> {
  const sent = await db
    .selectFrom('draft')
    .leftJoin('message', 'message.id', 'draft.id')
    .leftJoin('scheduled_reply', 'scheduled_reply.draft_id', 'draft.id')
    .select('draft.id')
    .where('draft.composer', '=', composer)
    .where((eb) =>
      eb.or([
        eb.and([eb('draft.sent_at', 'is not', null), eb('message.delivery', '<>', 'undone')]),
        eb('scheduled_reply.state', '=', 'waiting'),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return sent !== undefined
}
