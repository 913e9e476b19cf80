// The story of the demo: one customer is answered, another is left waiting and the lead hears of it.
import { HOUR, SECOND } from '../clock.ts'
import { agentOf } from './agent.ts'
import type { MovableClock } from './clock.ts'
import { makeMail } from './mail/letter.ts'
import { readMessage } from './slack/read.ts'
import { type Stage, SUPPORT_ADDRESS } from './stage.ts'

const ANA = { name: 'Ana Ruiz', address: 'ana@customer.test', subject: 'Where is order 4711?' }
const BEN = { name: 'Ben Novak', address: 'ben@customer.test', subject: 'The lamp arrived broken' }

/** Counted in the stand-ins: what a mail server and Slack saw, not what the program believes. */
export interface Counts {
  mailsIn: number
  cards: number
  repliesAccepted: number
  windowsAnswered: number
  windowsOverdue: number
  pings: number
}

/** Tells one event: who, and what they see or do. */
export type Tell = (who: string, what: string, details?: string) => void

export async function playStory(stage: Stage, clock: MovableClock, tell: Tell): Promise<Counts> {
  const { slack, mail } = stage
  const maya = agentOf(stage, stage.agent)
  mail.account(ANA.address)

  writeMail(stage, clock, ANA, 'Hello,\n\nI ordered on Monday and have heard nothing since. When will it come?\n\nAna')
  tell('Ana', `writes to ${SUPPORT_ADDRESS}`, ANA.subject)
  const anasCard = await maya.waitForCard(ANA.subject)
  tell('Slack', 'shows a card in #desk-support', maya.read(anasCard))
  await slack.waitFor(() => maya.thread(anasCard).length > 0, 'her words in the thread')

  slack.say(stage.agent, stage.desk, 'The carrier lost the first parcel, a new one leaves today.', {
    threadTs: anasCard.ts,
  })
  tell('Maya', 'tells her colleagues in the thread; this reaches no customer', 'The carrier lost the first parcel ...')
  const tomorrow = new Date(clock.now() + 24 * HOUR).toISOString().slice(0, 10)
  const answers = { ...EXPLANATION, news_by: tomorrow }
  const preview = await maya.compose(anasCard, { letter: 'en/delay', answers, edit: (text) => text })
  tell('Maya', 'presses Reply, picks a letter, fills it in, and sees exactly what will leave', preview)
  tell('Maya', 'presses Send; she can still take it back', await maya.send())
  await mail.waitFor(() => mail.account(ANA.address).list().length > 0, "the reply in Ana's mailbox")
  tell('Ana', 'has the answer in her mailbox', textOf(mail.account(ANA.address).list().at(-1)?.raw))
  await slack.waitFor(() => /Answered/.test(maya.read(anasCard)), 'the answered card')
  tell('Slack', 'the response window has ended; the card says so', maya.read(anasCard))
  await maya.closeAll()

  writeMail(stage, clock, BEN, 'The glass is in pieces. What now?\n\nBen')
  tell('Ben', `writes to ${SUPPORT_ADDRESS}`, BEN.subject)
  const bensCard = await maya.waitForCard(BEN.subject)
  tell('Slack', 'shows his card', maya.read(bensCard))
  clock.forward(24 * HOUR + SECOND)
  tell('', 'A day goes by, and nobody answers him.')
  const ping = await slack.waitFor(() => pingsTo(stage)[0], "the ping in the lead's direct messages", 10 * SECOND)
  tell('Lena', 'the team lead is pinged', ping)
  await slack.waitFor(() => /overdue since/.test(maya.read(bensCard)), 'the overdue card', 10 * SECOND)
  tell('Slack', 'the card says it too', maya.read(bensCard))
  return countAll(stage)
}

/** What Maya answers where the letter asks. */
const EXPLANATION = {
  reason: 'the carrier lost the first parcel',
  next_step: 'a new one leaves today with express delivery',
}

function writeMail(
  { mail }: Stage,
  clock: MovableClock,
  customer: { name: string; address: string; subject: string },
  text: string,
): void {
  const from = `${customer.name} <${customer.address}>`
  const raw = makeMail({ from, to: SUPPORT_ADDRESS, subject: customer.subject, text, date: clock.now() })
  mail.deliver(raw, { from: customer.address, to: [SUPPORT_ADDRESS] })
}

function pingsTo({ slack, lead }: Stage): string[] {
  const dm = slack.workspace.dm(lead)
  return dm ? slack.workspace.messages(dm.id).map((message) => readMessage(message)) : []
}

export function countAll(stage: Stage): Counts {
  const { slack, mail, desk } = stage
  const cards = slack.workspace.messages(desk).map((message) => readMessage(message))
  return {
    mailsIn: mail.account(SUPPORT_ADDRESS).list().length,
    cards: cards.length,
    repliesAccepted: mail.outbound.filter(({ from }) => from === SUPPORT_ADDRESS).length,
    windowsAnswered: cards.filter((card) => /Answered/.test(card)).length,
    windowsOverdue: cards.filter((card) => /overdue since/.test(card)).length,
    pings: pingsTo(stage).length,
  }
}

/** What a mail program shows of a plain-text part, well enough to read along. */
function textOf(raw: Uint8Array | undefined): string {
  const whole = Buffer.from(raw ?? []).toString('utf8')
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(whole)?.[1] ?? whole
  const joined = part.replaceAll(/=\r\n/g, '')
  return joined.replaceAll(/(?:=[0-9A-F]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  )
}
