// One message in the desk's channel that says how many conversations are not shown there yet, until all of them are.
import type { Effect } from '../outbox.ts'
import type { Handler } from '../outbox-attempt.ts'
import { COUNTED_MAX, countUnshown, findOverload, type Overload, rememberOverload } from '../overload.ts'
import { codeOf } from '../slack/trouble.ts'
import { line } from './card.ts'
import type { DeskPosting } from './card-post.ts'
import { makeFinder } from './find-post.ts'
import { type Content, inDesk, post, update } from './post.ts'

export function overloadHandler({ db, clock, room, channelOfDesk }: DeskPosting): Handler {
  const finder = makeFinder(room.clients.read)
  return {
    async send(effect) {
      const desk = deskOf(effect)
      const at = clock.now()
      const waiting = await countUnshown(db, desk, at)
      const said = await findOverload(db, desk)
      const content = renderOverload(waiting)
      if (said) {
        await inDesk(
          update(room.clients.board, { channel: said.channel, ts: said.ts }, content, 'say what waits'),
        ).catch((error: unknown) => {
          // Somebody deleted it: then it is settled, and said anew where there is reason to.
          if (codeOf(error) !== 'message_not_found') throw error
        })
        return { kind: 'accepted', ref: said.ts, detail: { ...said, waiting, at } satisfies Overload }
      }
      if (waiting === 0) return { kind: 'moot', reason: 'all of them are shown by now' }
      const place = { channel: channelOfDesk(desk) }
      const posted = await inDesk(post(room.clients.post, place, content, { oid: effect.id, n: 0 }, 'say what waits'))
      return { kind: 'accepted', ref: posted.ts, detail: { ...posted, waiting, at } satisfies Overload }
    },
    async verify(effect) {
      const desk = deskOf(effect)
      if (await findOverload(db, desk)) return { kind: 'repeatable' }
      const channel = channelOfDesk(desk)
      const mine = (await finder.find(effect, { channel }))?.find(({ n }) => n === 0)
      if (!mine) return { kind: 'absent' }
      // What it says is brought up to date at the next look.
      return { kind: 'accepted', ref: mine.ts, detail: { channel, ts: mine.ts, waiting: -1, at: 0 } satisfies Overload }
    },
    async settle(trx, effect, settled) {
      if (settled.kind === 'accepted' && settled.detail) {
        await rememberOverload(trx, deskOf(effect), settled.detail as Overload)
      }
    },
  }
}

function deskOf({ payload }: Effect): string {
  return (JSON.parse(payload) as { desk: string }).desk
}

export function renderOverload(waiting: number): Content {
  if (waiting === 0) {
    const text = 'All conversations are shown here again.'
    return { text, blocks: [line(`:white_check_mark: ${text}`)] }
  }
  const many =
    waiting >= COUNTED_MAX ? `More than ${COUNTED_MAX - 1} conversations wait` : `${waiting} conversations wait`
  const who = waiting === 1 ? 'One conversation waits' : many
  const why = 'Slack takes about one message a second.'
  const where = 'The Home tab of this app has all of them, soonest due first.'
  return {
    text: `${who} to be shown here`,
    blocks: [line(`:hourglass_flowing_sand: *${who} to be shown here.* ${why} ${where}`)],
  }
}
