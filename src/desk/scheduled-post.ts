// A reply that waits for its time, in the card's thread: one post that says so, and then what became of it.
import { SendError } from '../channel.ts'
import type { Reader, Trx } from '../db/open.ts'
import { findCurrent } from '../evidence.ts'
import type { Effect } from '../outbox.ts'
import type { Handler, Settled } from '../outbox-attempt.ts'
import { listParts } from '../part.ts'
import { findScheduled, type ScheduledReply } from '../scheduled-stop.ts'
import { shorten } from '../slack/mrkdwn.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { inDesk, post, update } from './post.ts'
import { cutQuotedBelow } from './quoted-below.ts'
import { renderScheduled, STOPPED } from './schedule-view.ts'
import { lineHandler, type ThreadLine } from './thread-line.ts'
import { type Desk, getDesk } from './tools.ts'
import { type Posted, postedOf } from './view.ts'
import { type Inline, instant, paragraph, word } from './words.ts'

const SHOWN_LENGTH_MAX = 600

const draftOf = (effect: Effect) => (JSON.parse(effect.payload) as { draftId: string }).draftId

export function scheduledReplyHandler(options: DeskPosting): Handler {
  const { db, room } = options
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const row = await findScheduled(db, draftOf(effect))
      if (!row) return { kind: 'moot', reason: 'it is gone' }
      const content = renderScheduled(row, await readWords(db, row))
      const posted = standing(row)
      if (posted) {
        await inDesk(update(room.clients.board, posted, content, 'show a scheduled reply'))
        return { kind: 'accepted', ref: posted.ts }
      }
      if (row.state === 'cancelled') return { kind: 'moot', reason: 'it was cancelled before anybody saw it' }
      const card = postedOf(await findCurrent(db, row.conversation_id))
      if (!card) throw new SendError({ kind: 'temporary' }, 'the card is not posted yet')
      const place = { channel: card.channel, threadTs: card.ts }
      const put = post(room.clients.post, place, content, { oid: effect.id, n: 0 }, 'show a scheduled reply')
      const made = await inDesk(put)
      return { kind: 'accepted', ref: made.ts, detail: made }
    },
    async verify(effect) {
      const row = await findScheduled(db, draftOf(effect))
      if (!row || standing(row)) return { kind: 'repeatable' }
      const card = postedOf(await findCurrent(db, row.conversation_id))
      if (!card) return { kind: 'absent' }
      const found = await finder.find(effect, { channel: card.channel, threadTs: card.ts })
      if (!found) return { kind: 'unknown' }
      const mine = found.find(({ n }) => n === 0)
      return mine
        ? { kind: 'accepted', ref: mine.ts, detail: { channel: card.channel, ts: mine.ts } }
        : { kind: 'absent' }
    },
    settle: (trx, effect, settled) => settlePost(trx, effect, settled),
  }
}

function standing({ post_channel, post_ts }: ScheduledReply): Posted | undefined {
  return post_channel !== null && post_ts !== null ? { channel: post_channel, ts: post_ts } : undefined
}

async function readWords(db: Reader, { draft_id }: ScheduledReply): Promise<string> {
  const parts = await listParts(db, draft_id)
  const draft = await db.selectFrom('draft').select('markdown').where('id', '=', draft_id).executeTakeFirstOrThrow()
  const { text } = cutQuotedBelow(parts.map(({ preview }) => preview).join('\n\n'), draft.markdown)
  return shorten(text.trim() || '(only files)', SHOWN_LENGTH_MAX)
}

async function settlePost(trx: Trx, effect: Effect, settled: Settled): Promise<void> {
  if (settled.kind !== 'accepted' || !settled.detail) return
  const { channel, ts } = settled.detail as Posted
  await trx
    .updateTable('scheduled_reply')
    .set({ post_channel: channel, post_ts: ts })
    .where('draft_id', '=', draftOf(effect))
    .where('post_ts', 'is', null)
    .execute()
}

/** Calls its author; where they are not at the desk any more, the leads. */
export function scheduledStoppedHandler(options: DeskPosting & { desks: readonly Desk[] }): Handler {
  return lineHandler(options, 'tell of a reply that was not sent', (db, effect) => readStopped(options, db, effect))
}

async function readStopped(
  options: { desks: readonly Desk[] },
  db: Reader,
  effect: Effect,
): Promise<ThreadLine | undefined> {
  const row = await findScheduled(db, draftOf(effect))
  if (row?.state !== 'stopped' || row.because === null) return undefined
  const conversation = await findCurrent(db, row.conversation_id)
  const isGone = row.because === 'not-allowed'
  const { leads } = isGone ? getDesk(options, conversation.desk) : { leads: [] }
  const owner = conversation.owner_id === null || conversation.owner_id === row.agent_id ? [] : [conversation.owner_id]
  const called = isGone ? [...leads] : [...new Set([row.agent_id, ...owner])]
  const people = called.flatMap((id): Inline[] => [{ type: 'user', user_id: id }, word(' ')])
  const then = isGone
    ? ' Somebody else has to answer.'
    : ' Press “Reply”: the text is kept there, as a draft for whoever wrote it.'
  return {
    card: postedOf(conversation),
    content: {
      text: `A scheduled reply was not sent: ${STOPPED[row.because]}.`,
      blocks: [
        paragraph([
          ...[word('⏰ '), ...people, word('The reply scheduled for '), instant(row.send_at)],
          word(` was not sent: ${STOPPED[row.because]}.${then}`),
        ]),
      ],
    },
  }
}
