// The real program in front of the stand-ins, and what its people have on their screens.
import { onTestFinished } from 'vitest'
import { readConfig, renderFaults } from '../../src/config.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { startDeskbell } from '../../src/main.ts'
import { type Agent, agentOf } from '../../src/sandbox/agent.ts'
import { movableClock } from '../../src/sandbox/clock.ts'
import { type Letter, makeMail } from '../../src/sandbox/mail/letter.ts'
import { type Html, html } from '../../src/sandbox/page/html.ts'
import type { Screen } from '../../src/sandbox/page/screen.ts'
import { slackWindow } from '../../src/sandbox/page/slack-window.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { SUPPORT_ADDRESS, setStage } from '../../src/sandbox/stage.ts'
import { judgeWhenDone } from '../blocks/judge.ts'

export type Office = Awaited<ReturnType<typeof openOffice>>

/** A Friday noon to come, so that every picture of the same scene shows the same times. */
const NOON = Date.UTC(2030, 5, 14, 12)

/** `billing`: a second desk, with Tom at it. */
export async function openOffice({ billing = false } = {}) {
  const clock = movableClock()
  clock.forward(NOON - clock.now())
  const stage = await setStage({ clock, wait: clock.wait, limits: 'off', shareAfterMs: 0 })
  const settings = stage.settings({ undo: '2s' })
  const members = [stage.slack.app.botUserId, stage.colleague]
  const bills = billing ? stage.slack.addChannel({ name: 'desk-billing', isPrivate: true, members }).id : ''
  const file = JSON.parse(settings.yaml.text) as { desks: Record<string, object> }
  if (billing) file.desks.billing = { name: 'Billing', channel: bills, leads: [stage.lead], digest: false }
  const read = readConfig({ ...settings, yaml: { ...settings.yaml, text: JSON.stringify(file) } })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  const config = { ...read.config, database: { kind: 'sqlite', path: ':memory:' } as const }
  const deskbell = await startDeskbell(config, { clock, random: systemRandom(), log: silentLog })
  onTestFinished(async () => {
    await deskbell.stop()
    await stage.stop()
  })
  const { slack, mail, desk } = stage
  judgeWhenDone(slack)
  const { workspace } = slack
  // What is in the mailbox before that counts as imported, and nobody is pinged about it.
  await slack.waitFor(() => deskbell.problems().length === 0, 'the program to be connected')
  const maya: Agent = agentOf(stage, stage.agent)
  const screen = (): Screen => ({
    now: clock.now(),
    zone: 'Europe/Berlin',
    name: (id) => workspace.users.get(id)?.realName ?? workspace.channels.get(id)?.name,
    people: () => [...workspace.users.values()].map(({ id, realName }) => ({ id, name: realName })),
  })
  const window = () => slackWindow(slack, screen())
  const pings = (person: string): Message[] => {
    const dm = workspace.dm(person)
    return dm ? workspace.messages(dm.id) : []
  }
  return {
    ...{ clock, stage, maya, slack, mail, desk, bills, workspace, screen },
    /** Into the mailbox, as the customer's program wrote it. */
    mails(letter: Partial<Letter> & { from: string; subject: string; text: string }): void {
      const raw = makeMail({ to: SUPPORT_ADDRESS, date: clock.now(), ...letter })
      mail.deliver(raw, { from: letter.from, to: [SUPPORT_ADDRESS] })
    },
    pings,
    drawChannel: (channel = desk): Html => window().channel(channel),
    drawThread: (card: Message, channel = desk): Html => window().thread(channel, card.ts),
    drawPings: (person: string): Html => window().directMessages(person),
    drawFront(person = stage.agent): Html {
      const modal = window().modal(person)
      if (!modal) throw new Error('nothing is open')
      return html`<div style="padding: 0 24px">${modal}</div>`
    },
    /** Until the thread has so many entries. */
    entries: (card: Message, count: number) =>
      slack.waitFor(() => workspace.thread(desk, card.ts).length > count, `${count} entries`),
  }
}
