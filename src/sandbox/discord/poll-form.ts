// A poll as it is asked; its answers and when it ends as they are shown.
import { HOUR } from '../../clock.ts'
import { asFlag, asNumber, type Json } from '../slack/json.ts'
import type { Form } from './form.ts'

const QUESTION_MAX = 300
const ANSWER_MAX = 55
const ANSWERS_MAX = 10
const HOURS_MAX = 32 * 24

export function readPoll(form: Form, now: number): Json | undefined {
  const poll = form.object('poll')
  if (!poll) return undefined
  poll.object('question')?.text('text', { min: 1, max: QUESTION_MAX, required: true })
  const answers = poll.list('answers', { min: 1, max: ANSWERS_MAX }) ?? []
  for (const answer of answers) answer.object('poll_media')?.text('text', { min: 1, max: ANSWER_MAX, required: true })
  poll.integer('duration', { min: 1, max: HOURS_MAX })
  const { raw } = poll
  return pollShape(
    raw.question,
    answers.map((answer) => answer.raw.poll_media),
    {
      expiresAt: now + (asNumber(raw.duration) ?? 24) * HOUR,
      isMultiple: asFlag(raw.allow_multiselect),
    },
  )
}

export function pollShape(
  question: unknown,
  answers: readonly unknown[],
  { expiresAt, isMultiple }: { expiresAt: number; isMultiple: boolean },
): Json {
  return {
    question,
    answers: answers.map((media, index) => ({ answer_id: index + 1, poll_media: media })),
    expiry: new Date(expiresAt).toISOString(),
    allow_multiselect: isMultiple,
    layout_type: 1,
    results: { is_finalized: false, answer_counts: [] },
  }
}
