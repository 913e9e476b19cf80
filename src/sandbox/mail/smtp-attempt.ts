// An attempt is one envelope that a client tried to hand over, and what became of it: the client's view and the truth.
import type { SMTPServerDataStream } from 'smtp-server'
import type { Deliver } from './delivery.ts'
import type { SmtpFaultState } from './smtp-faults.ts'

export interface SmtpAttempt {
  readonly at: number
  readonly from: string
  readonly to: string[]
  /** Recipients that were refused. */
  readonly refused: string[]
  /** The mail as received, when all of it arrived. */
  raw: Buffer | undefined
  /** What the client was told; `dropped` and `stalled` are no answer at all. */
  answer: 'open' | 'accepted' | 'refused' | 'dropped' | 'stalled'
  /** Whether the server has it, whatever the client was told. */
  taken: boolean
}

export interface OutboundMail {
  at: number
  from: string
  to: string[]
  raw: Buffer
}

/** What the client hears after its mail: a yes, a no with a code, or nothing because the line is dead. */
export type Answer = { kind: 'yes' } | { kind: 'no'; code: number; text: string } | { kind: 'silence' }

export interface Reception {
  faults: SmtpFaultState
  outbound: OutboundMail[]
  deliver: Deliver
}

export function makeAttempt(from: string, at: number): SmtpAttempt {
  return { at, from, to: [], refused: [], raw: undefined, answer: 'open', taken: false }
}

/** Reads the mail to its final dot and decides, by the faults that wait, who gets to know what. */
export async function receive(
  { faults, outbound, deliver }: Reception,
  attempt: SmtpAttempt,
  stream: SMTPServerDataStream,
  helo: string,
): Promise<Answer> {
  attempt.answer = 'dropped'
  if (faults.take('drop-before-data')) return { kind: 'silence' }
  attempt.raw = await readToDot(stream)
  if (!attempt.raw) return { kind: 'silence' }

  const verdict = judge(faults)
  attempt.answer = verdict.answer
  attempt.taken = verdict.taken
  if (verdict.taken) {
    outbound.push({ at: attempt.at, from: attempt.from, to: [...attempt.to], raw: attempt.raw })
    for (const to of attempt.to) deliver({ raw: attempt.raw, from: attempt.from, to, helo })
  }
  if (verdict.answer === 'dropped') return { kind: 'silence' }
  if (verdict.answer === 'stalled') await faults.released()
  return verdict.taken ? { kind: 'yes' } : { kind: 'no', ...verdict.refusal }
}

interface Verdict extends Pick<SmtpAttempt, 'answer' | 'taken'> {
  refusal: { code: number; text: string }
}

function judge(faults: SmtpFaultState): Verdict {
  const refusal = { code: 451, text: 'Try again later' }
  const refused = faults.take('refuse-mail')
  if (refused) {
    const { code, text = 'Message refused' } = refused
    return { answer: 'refused', taken: false, refusal: { code, text } }
  }
  const dropped = faults.take('drop-after-data')
  if (dropped) return { answer: 'dropped', taken: dropped.accepted, refusal }
  const stalled = faults.take('stall-after-data')
  if (stalled) return { answer: 'stalled', taken: stalled.accepted, refusal }
  return { answer: 'accepted', taken: true, refusal }
}

/** Undefined when the client died before the final dot: a mail cut short is no mail. */
async function readToDot(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}
