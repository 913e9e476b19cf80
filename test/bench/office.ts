// The stand-ins in a process of their own, and the stop-watch beside them: from a mail's arrival in the mailbox to its card in Slack.
import { systemClock } from '../../src/clock.ts'
import { makeMail } from '../../src/sandbox/mail/letter.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { SUPPORT_ADDRESS, setStage } from '../../src/sandbox/stage.ts'
import { asChild } from './child.ts'

const { input, say } = asChild<{ mails: number; gapMs: number; databasePath: string }>()
const clock = systemClock()
const stage = await setStage()
say({ kind: 'open', settings: stage.settings({ databasePath: input.databasePath }) })

await stage.slack.waitFor(
  () => stage.slack.sockets.open().length > 0 && stage.mail.sessions().length > 0,
  'the program to connect to Slack and to the mailbox',
  30_000,
)
say({ kind: 'connected' })

const tookMs: number[] = []
await clock.wait(input.gapMs)
for (let n = 0; n < input.mails; n++) {
  const subject = `Where is parcel ${n}?`
  const raw = makeMail({
    from: `Ana ${n} <ana${n}@example.org>`,
    to: SUPPORT_ADDRESS,
    subject,
    text: 'It has not come yet.',
  })
  const arrivedAt = clock.monotonic()
  stage.mail.account(SUPPORT_ADDRESS).append(raw)
  const isCard = () =>
    stage.slack.workspace.messages(stage.desk).some((message) => readMessage(message).includes(subject))
  await stage.slack.waitFor(isCard, `the card of mail ${n}`, 30_000)
  tookMs.push(clock.monotonic() - arrivedAt)
  await clock.wait(Math.max(0, input.gapMs - (clock.monotonic() - arrivedAt)))
}
say({ kind: 'measured', tookMs })
process.once('SIGTERM', () => void stage.stop().then(() => process.exit(0)))
