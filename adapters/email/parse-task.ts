// What is asked of a parser, wherever it runs, and what it answers.
import { ParseError } from '../../src/channel.ts'
import { type Mail, parseMail } from './mail.ts'
import { attachmentBytes } from './parsed-mail.ts'

export type ParseTask =
  | { kind: 'mail'; raw: Uint8Array; headersOnly: boolean }
  | { kind: 'attachment'; raw: Uint8Array; part: number | number[] }

export type ParseValue = Mail | Uint8Array

export type ParseAnswer = { value: ParseValue } | { error: string; final: boolean }

/** Never throws. */
export async function perform(task: ParseTask): Promise<ParseAnswer> {
  try {
    const value = task.kind === 'mail' ? await parseMail(task.raw, task.headersOnly) : partBytes(task.raw, task.part)
    return { value }
  } catch (error) {
    return { error: (error as Error).message, final: error instanceof ParseError && error.final }
  }
}

export function takeValue(answer: ParseAnswer): ParseValue {
  if ('value' in answer) return answer.value
  throw new ParseError(answer.error, { final: answer.final })
}

function partBytes(raw: Uint8Array, part: number | number[]): Uint8Array {
  const bytes = attachmentBytes(raw, part)
  if (!bytes) throw new Error(`email: the mail has no part ${part}`)
  return new Uint8Array(bytes) // A copy of exactly these, as a view would take the whole mail along.
}
