// What is asked of a parser, wherever it runs, and what it answers.
import { ParseError } from '../../src/channel.ts'
import { type Mail, parseMail, parseMime } from './mail.ts'

export type ParseTask =
  | { kind: 'mail'; raw: Uint8Array; headersOnly: boolean }
  | { kind: 'attachment'; raw: Uint8Array; part: number }

export type ParseValue = Mail | Uint8Array

export type ParseAnswer = { value: ParseValue } | { error: string; final: boolean }

/** Never throws. */
export async function perform(task: ParseTask): Promise<ParseAnswer> {
  try {
    const value =
      task.kind === 'mail' ? await parseMail(task.raw, task.headersOnly) : await partBytes(task.raw, task.part)
    return { value }
  } catch (error) {
    return { error: (error as Error).message, final: error instanceof ParseError && error.final }
  }
}

export function takeValue(answer: ParseAnswer): ParseValue {
  if ('value' in answer) return answer.value
  throw new ParseError(answer.error, { final: answer.final })
}

async function partBytes(raw: Uint8Array, part: number): Promise<Uint8Array> {
  const attachment = (await parseMime(raw)).attachments[part]
  if (!attachment) throw new Error(`email: the mail has no part ${part}`)
  return typeof attachment.content === 'string' ? Buffer.from(attachment.content) : new Uint8Array(attachment.content)
}
