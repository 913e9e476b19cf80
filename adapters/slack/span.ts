// A span of history is kept: what is news in it, and the threads in it that have begun or gone on are read next.
import { type Fields, textOf } from '../../src/slack/field.ts'
import { channelOf } from './customers-config.ts'
import { type Hearing, isWorthKeeping, mayOpen, openThread } from './hearing.ts'
import type { Span } from './history.ts'
import { later, type Place, type Position } from './position.ts'
import { newsIn, reactedWith, threadsIn, toRaws } from './read-back.ts'

export async function keepSpan(hearing: Hearing, place: Place, position: Position, span: Span): Promise<void> {
  const { config, positions, people, us, nowTs } = hearing
  const { channel, thread } = place
  const root = textOf(span.messages[0]?.thread_ts)
  const isAnswer = thread !== undefined && root !== undefined && root !== thread && span.messages.length === 1
  if (isAnswer) return await openThread(hearing, { channel, thread: root }) // It was an answer that somebody had marked.
  const isManual = thread === undefined && channelOf(config, channel)?.manual === true
  if (isManual) await noteTickets(hearing, channel, span.messages)
  else if (thread === undefined) await noteThreads(hearing, channel, position, span.messages)
  const news = isManual ? [] : newsIn(place, position, span, us(), nowTs())
  const heard = news.filter((each) => isWorthKeeping(hearing, each))
  const upTo = textOf(span.messages.at(-1)?.ts)
  const said = heard.flatMap(({ told }) => (told.kind === 'message' ? [told.ts] : []))
  const raws = await toRaws(heard, us(), people)
  await positions.keep(place, { raws, said, ...(upTo !== undefined && { upTo, paid: upTo }) })
}

async function noteThreads(
  { positions, catchUp }: Hearing,
  channel: string,
  position: Position,
  messages: Fields[],
): Promise<void> {
  for (const { thread, latest } of threadsIn(messages)) {
    const known = await positions.find({ channel, thread })
    if (known && Number(latest) <= Number(known.ts)) continue
    await positions.addThread(channel, thread)
    // What was answered before we last read it was not for us.
    if (!known) await positions.set({ channel, thread }, { ts: later(thread, position.ts), recent: [] })
    catchUp.add({ channel, thread })
  }
}

async function noteTickets(hearing: Hearing, channel: string, messages: Fields[]): Promise<void> {
  for (const message of messages) {
    const thread = textOf(message.thread_ts) ?? textOf(message.ts)
    const users = reactedWith(message, hearing.config.ticketEmoji)
    const marked = await Promise.all(users.map((user) => mayOpen(hearing, user)))
    if (thread !== undefined && marked.includes(true)) await openThread(hearing, { channel, thread })
  }
}
