// The windows as the world itself would draw them, from what was written, read and answered: no product code in here.
import type { Answer, Question, World } from './world.ts'

export interface TrueWindow {
  startedBy: string
  startedAt: number
  answeredBy: string | undefined
}

/**
 * An answer ends the wait of every question its author had read. The answers count in the order in which they came
 * before the customer; one that was never accepted, or that came back for good, counts for nothing.
 */
export function trueWindows(world: World, thread: string, accepted: ReadonlySet<string>): TrueWindow[] {
  let waiting = world.questions.filter((question) => question.thread === thread && question.counts)
  const windows: TrueWindow[] = []
  for (const answer of answersInOrder(world, accepted)) {
    const read = waiting.filter((question) => answer.seen.has(question.externalId))
    if (read.length === 0) continue
    windows.push({ ...oldestOf(read), answeredBy: answer.id })
    waiting = waiting.filter((question) => !answer.seen.has(question.externalId))
  }
  if (waiting.length > 0) windows.push({ ...oldestOf(waiting), answeredBy: undefined })
  return windows
}

function answersInOrder(world: World, accepted: ReadonlySet<string>): Answer[] {
  const counting = world.answers.filter((answer) => accepted.has(answer.id) && !world.bounced.has(answer.id))
  return counting.sort((a, b) => firstShown(world, a.id) - firstShown(world, b.id))
}

/** When the whole reply first stood before the customer. */
export function firstShown({ copies }: World, messageId: string): number {
  const parts = new Map<number, number>()
  for (const { n, shownAt } of copies.filter((copy) => copy.messageId === messageId)) {
    parts.set(n, Math.min(shownAt, parts.get(n) ?? Number.POSITIVE_INFINITY))
  }
  return Math.max(...parts.values())
}

function oldestOf(questions: Question[]): { startedBy: string; startedAt: number } {
  const [oldest] = questions.sort((a, b) => a.arrivedAt - b.arrivedAt)
  if (!oldest) throw new Error('the oldest of none')
  return { startedBy: oldest.externalId, startedAt: oldest.arrivedAt }
}
