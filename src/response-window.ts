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
  'spam-unmarked',
] as const

/** A customer's message that counts, and what ended its waiting in a conversation it was in before. */
interface Question {
  id: string
  seq: number
  at: number
  imported: boolean
  /** It came from another conversation: what was written here before knew nothing of it. */
  joined: boolean
  ended: Ending | undefined
}

interface Answer extends WindowEnd {
  /** Its place among the conversation's endings, for the wall clock may step between two. */
  nth: number
  covers(question: Question): boolean
}

/** What waited together, and what ended its waiting; the last group may wait still. */
interface Group {
  questions: Question[]
  end: Answer | undefined
}

/**
 * The windows of one conversation, oldest first; at most the last is open. A window starts at the arrival of the oldest
 * unanswered message and ends when a reply that covers it was accepted, or when a person said that none is needed; what
 * crossed that reply starts the next.
 */
export function foldWindows(facts: readonly StoredFact[]): ResponseWindow[] {
  return groupQuestions(facts).map(({ questions, end }, n) => {
    const oldest = oldestOf(questions)
    return {
      startedBy: oldest.id,
      startedAt: oldest.at,
      label: n === 0 ? 'first' : 'next',
      quiet: questions.every(({ imported }) => imported),
      end: end && { at: end.at, as: end.as, by: end.by },
    }
  })
}

export type Ending = WindowEnd & { nth: number }

/** By message, what ended its waiting. What waits still is not in it. */
export function foldEndings(facts: readonly StoredFact[]): Map<string, Ending> {
  const ended = groupQuestions(facts).flatMap(({ questions, end }) =>
    end ? questions.map(({ id }) => [id, { at: end.at, as: end.as, by: end.by, nth: end.nth }] as const) : [],
  )
  return new Map(ended)
}

function groupQuestions(facts: readonly StoredFact[]): Group[] {
  const voided = new Set(facts.flatMap((fact) => (fact.kind === 'reply-voided' ? [fact.data.of] : [])))
  const stands = (end: WindowEnd) => end.by === undefined || !voided.has(end.by)
  const questions = listQuestions(facts).map((question) =>
    question.ended && stands(question.ended) ? question : { ...question, ended: undefined },
  )
  const endings = [...listAnswers(facts).filter(stands), ...endingsBefore(questions)]
  const groups: Group[] = []
  let waiting = questions
  for (const end of endings.sort((a, b) => a.nth - b.nth || a.at - b.at)) {
    const covered = waiting.filter((question) => end.covers(question))
    if (covered.length > 0) groups.push({ questions: covered, end }) // Else: a second answer to what was answered already.
    waiting = waiting.filter((question) => !end.covers(question))
  }
  return waiting.length > 0 ? [...groups, { questions: waiting, end: undefined }] : groups
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
      const joined = fact.kind === 'message-joined'
      questions.set(id, { id, seq, at, imported, joined, ended, counts })
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
  const takenBack = listTakenBack(facts)
  return facts.flatMap((fact): Answer[] => {
    const upTo = (seq: number) => (question: Question) => question.ended === undefined && question.seq <= seq
    if (fact.kind === 'reply-accepted') {
      const { answersUpTo, answersUntil = -Infinity, at, nth = 0 } = fact.data
      const covers = (question: Question) =>
        question.ended === undefined &&
        (question.seq <= answersUpTo || (question.at <= answersUntil && !question.joined))
      return [{ at, as: 'answered', by: fact.messageId, nth, covers }]
    }
    if (fact.kind !== 'no-reply-needed' || takenBack.has(fact.data.nth)) return []
    return [{ at: fact.at, as: 'waived', by: undefined, nth: fact.data.nth, covers: upTo(fact.data.upTo) }]
  })
}

/** The places of what was waived as spam and was none. */
export function listTakenBack(facts: readonly StoredFact[]): Set<number> {
  return new Set(facts.flatMap((fact) => (fact.kind === 'spam-unmarked' ? (fact.data.nth ?? []) : [])))
}

/** Of at least one. */
function oldestOf(questions: readonly Question[]): Question {
  return questions.reduce((oldest, question) =>
    question.at < oldest.at || (question.at === oldest.at && question.seq < oldest.seq) ? question : oldest,
  )
}
