// Who is waiting, since when: one pure fold over what happened to a conversation. Nothing here reads a clock or a table.
import type { StoredFact } from './fact.ts'

export interface ResponseWindow {
  /** The message that opened it: the oldest one that nothing covers. */
  startedBy: string
  startedAt: number
  label: 'first' | 'next'
  /** All that waits in it came with an import: nobody is pinged. */
  quiet: boolean
  end: WindowEnd | undefined
}

export interface WindowEnd {
  at: number
  as: 'answered' | 'waived'
  /** The reply that answered; whoever waived stands in the fact. */
  by: string | undefined
}

/** The kinds of facts the fold reads. */
export const WINDOW_FACTS = [
  'message-received',
  'message-joined',
  'message-left',
  'message-reclassified',
  'reply-accepted',
  'reply-voided',
  'no-reply-needed',
] as const

/** A customer's message that counts, and what ended its waiting in a conversation it was in before. */
interface Question {
  id: string
  seq: number
  at: number
  imported: boolean
  ended: (WindowEnd & { nth: number }) | undefined
}

interface Answer extends WindowEnd {
  /** Its place among the conversation's endings, for the wall clock may step between two. */
  nth: number
  covers(question: Question): boolean
}

/**
 * The windows of one conversation, oldest first; at most the last is open. A window starts at the arrival of the oldest
 * unanswered message and ends when a reply that covers it was accepted, or when a person said that none is needed; what
 * crossed that reply starts the next.
 */
export function foldWindows(facts: readonly StoredFact[]): ResponseWindow[] {
  const voided = new Set(facts.flatMap((fact) => (fact.kind === 'reply-voided' ? [fact.data.of] : [])))
  const stands = (end: WindowEnd) => end.by === undefined || !voided.has(end.by)
  const questions = listQuestions(facts).map((question) =>
    question.ended && stands(question.ended) ? question : { ...question, ended: undefined },
  )
  const endings = [...listAnswers(facts).filter(stands), ...endingsBefore(questions)]
  const windows: ResponseWindow[] = []
  let waiting = questions
  const open = (covered: Question[], end: WindowEnd | undefined) => {
    const oldest = oldestOf(covered)
    if (!oldest) return // A second answer to what was answered already.
    const label = windows.length === 0 ? ('first' as const) : ('next' as const)
    const quiet = covered.every(({ imported }) => imported)
    windows.push({ startedBy: oldest.id, startedAt: oldest.at, label, quiet, end })
  }
  for (const ending of endings.sort((a, b) => a.nth - b.nth || a.at - b.at)) {
    open(
      waiting.filter((question) => ending.covers(question)),
      { at: ending.at, as: ending.as, by: ending.by },
    )
    waiting = waiting.filter((question) => !ending.covers(question))
  }
  open(waiting, undefined)
  return windows
}

/** What is in the conversation now and counts. */
function listQuestions(facts: readonly StoredFact[]): Question[] {
  const questions = new Map<string, Question & { counts: boolean }>()
  for (const fact of facts) {
    const id = fact.messageId ?? ''
    if (fact.kind === 'message-received' || fact.kind === 'message-joined') {
      const { seq, arrivedAt: at, counts, imported = false } = fact.data
      const end = fact.kind === 'message-joined' ? fact.data.end : undefined
      const ended = end && { ...end, by: end.by }
      questions.set(id, { id, seq, at, imported, ended, counts })
    } else if (fact.kind === 'message-left') questions.delete(id)
    else if (fact.kind === 'message-reclassified') {
      const question = questions.get(id)
      if (question) question.counts = fact.data.counts
    }
  }
  return [...questions.values()].filter(({ counts }) => counts)
}

/** What was answered or waived before it came here stays so, and what one reply answered stays one window. */
function endingsBefore(questions: readonly Question[]): Answer[] {
  const endings = new Map<string, Answer>()
  for (const { ended } of questions) {
    if (!ended) continue
    const { at, as, by, nth } = ended
    const covers = (question: Question) => question.ended?.by === by && question.ended?.at === at
    endings.set(`${by} ${at}`, { at, as, by, nth, covers })
  }
  return [...endings.values()]
}

function listAnswers(facts: readonly StoredFact[]): Answer[] {
  return facts.flatMap((fact): Answer[] => {
    const upTo = (seq: number) => (question: Question) => question.ended === undefined && question.seq <= seq
    if (fact.kind === 'reply-accepted') {
      const { answersUpTo, at, nth = 0 } = fact.data
      return [{ at, as: 'answered', by: fact.messageId, nth, covers: upTo(answersUpTo) }]
    }
    if (fact.kind !== 'no-reply-needed') return []
    return [{ at: fact.at, as: 'waived', by: undefined, nth: fact.data.nth, covers: upTo(fact.data.upTo) }]
  })
}

function oldestOf<M extends { at: number; seq: number }>(messages: M[]): M | undefined {
  return messages.reduce<M | undefined>(
    (oldest, message) =>
      !oldest || message.at < oldest.at || (message.at === oldest.at && message.seq < oldest.seq) ? message : oldest,
    undefined,
  )
}
