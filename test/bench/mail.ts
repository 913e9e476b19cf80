// What understanding a mail costs beside decoding it: mails per second and the slowest one, for ours and for postal-mime alone.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { parseMail } from '../../adapters/email/mail.ts'
import { visibleReply } from '../../adapters/email/visible-reply.ts'
import type { Figures } from './bench.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/mail')
const ROUNDS = 5

interface Measured {
  perSecond: number
  slowestMs: number
}

export async function mail(): Promise<Figures> {
  const mails = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(join(FIXTURES, name)))
  const texts: string[] = []
  for (const raw of mails) texts.push((await PostalMime.parse(raw)).text ?? '')
  const decode = (raw: Buffer) => PostalMime.parse(raw).catch(() => undefined)
  const understand = (raw: Buffer) => parseMail(raw, false).catch(() => undefined)
  // One round each to warm up; then they take turns, so that what else the machine does falls on both.
  await measure(mails, decode)
  await measure(mails, understand)
  const rounds: { decoded: Measured; understood: Measured; folded: Measured }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      decoded: await measure(mails, decode),
      understood: await measure(mails, understand),
      folded: await measure(texts, async (text) => visibleReply(text)),
    })
  }
  const decoded = middle(rounds.map((round) => round.decoded))
  const understood = middle(rounds.map((round) => round.understood))
  const folded = middle(rounds.map((round) => round.folded))
  return {
    mailsParsedPerSecond: understood.perSecond,
    mailsParsedSlowestMs: understood.slowestMs,
    postalMimePerSecond: decoded.perSecond,
    postalMimeSlowestMs: decoded.slowestMs,
    mailParseRatio: understood.perSecond / decoded.perSecond,
    repliesFoldedPerSecond: folded.perSecond,
    repliesFoldedSlowestMs: folded.slowestMs,
  }
}

async function measure<T>(inputs: readonly T[], work: (input: T) => Promise<unknown>): Promise<Measured> {
  let slowestMs = 0
  const startedAt = performance.now()
  for (const input of inputs) {
    const before = performance.now()
    await work(input)
    slowestMs = Math.max(slowestMs, performance.now() - before)
  }
  return { perSecond: (inputs.length / (performance.now() - startedAt)) * 1000, slowestMs }
}

function middle(measured: readonly Measured[]): Measured {
  const of = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  return { perSecond: of(measured.map((one) => one.perSecond)), slowestMs: of(measured.map((one) => one.slowestMs)) }
}
