// All that the desk can show, on a few sheets: every form that is to be reached by pressing, every card, thread, ping and home tab.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { getConversation } from '../../src/conversation.ts'
import { makeFollowUp } from '../../src/follow-up.ts'
import { drawModal } from '../../src/sandbox/page/draw-view.ts'
import { type Html, html } from '../../src/sandbox/page/html.ts'
import { slackWindow } from '../../src/sandbox/page/slack-window.ts'
import type { ViewRecord } from '../../src/sandbox/slack/view-record.ts'
import { pressEverything } from '../blocks/crawl.ts'
import { type ActingDesk, makeActingDesk } from '../desk/acting.ts'
import { letter } from '../desk/desk.ts'
import { deletion, edit } from '../setup/chat.ts'
import { eachDatabase } from '../setup/database.ts'
import { type Camera, hasBrowser, openCamera } from './camera.ts'

const SHEET = 15

describe.skipIf(!hasBrowser())('pictures of everything', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera?.close())

  eachDatabase(
    (open) => {
      test('every form, card, thread, ping and home tab that pressing leads to', async () => {
        const desk = await makeActingDesk(open, { letters: LETTERS })
        const { slack, world, maya, lea } = desk
        const screen = {
          zone: 'Europe/Berlin',
          get now() {
            return world.clock.now()
          },
          name: (id: string) => slack.workspace.users.get(id)?.realName ?? slack.workspace.channels.get(id)?.name,
          people: () => [...slack.workspace.users.values()].map(({ id, realName }) => ({ id, name: realName })),
        }
        const members = [slack.app.botUserId, maya]
        const bills = slack.addChannel({ name: 'desk-billing', isPrivate: true, members }).id
        desk.desks.push({ name: 'billing', title: 'Billing', channel: bills, undoMs: 0, leads: [lea], backup: [] })
        await desk.desk().syncAgents()
        let count = 0
        const forms = new Map<string, Html>()
        const sees = (view: ViewRecord) => {
          const key = shapeOf(view)
          if (!forms.has(key)) forms.set(key, drawModal(view, screen))
        }
        await pressEverything(desk, maya, (round) => everythingHappens(desk, round), { sees, words: WORDS })
        const all = [...forms].sort(([a], [b]) => (a < b ? -1 : 1))
        for (let n = 0; n * SHEET < all.length; n++) {
          const drawn = all.slice(n * SHEET, (n + 1) * SHEET)
          await camera.take(`all-forms-${n + 1}`, sheet(drawn.map(([, form]) => form)), { shape: 'sheet' })
        }
        const window = slackWindow(slack, screen, maya)
        for (const channel of [desk.channel, bills])
          for (const { ts } of slack.workspace.messages(channel))
            await camera.take(`all-thread-${++count}`, window.thread(channel, ts))
        await camera.take('all-channel', window.channel(desk.channel))
        for (const [name, id] of Object.entries({ maya, lea })) {
          slack.openHome(id)
          await desk.eventsIn()
          await desk.settle()
          const home = window.home(id)
          if (!home) throw new Error(`${name} has no home tab`)
          await camera.take(`all-home-${name}`, home)
          await camera.take(`all-told-${name}`, window.directMessages(id))
        }
      })
    },
    ['sqlite'],
  )
})

const LETTERS = [
  letter('First answer', 'Hello Ana, it comes on {{ fill.day }}.', 'ask:\n  day: When does it come?\n'),
  letter('Refund', 'You get your money back.'),
]
const WORDS = 'She asked for a blue one. I promised to look until Friday.'

/** Two forms look alike when they have the same title and the same fields. */
function shapeOf({ view, blocks, errors }: ViewRecord): string {
  const title = (view.title as { text?: string } | undefined)?.text ?? ''
  const parts = blocks.map(
    (block) => `${block.type}${'element' in block ? (block.element as { type: string }).type : ''}`,
  )
  return [view.callback_id, title, Object.keys(errors ?? {}).length > 0 ? 'wrong' : '', ...new Set(parts)].join(' ')
}

function sheet(drawn: Html[]): Html {
  return html`<div style="columns: 3; column-gap: 24px; padding: 0 24px">${drawn.map((form) => html`<div style="break-inside: avoid; margin-bottom: 24px">${form}</div>`)}</div>`
}

const CUSTOMERS = [
  { address: 'ana@customer.test', name: 'Ana Ruiz' },
  { address: 'ben@customer.test', name: 'Ben Carter' },
  { address: 'news@shop.test', name: 'Shop News' },
]
const QUESTIONS = [
  'Hello,\n\nis the blue lamp in stock? I need it by Friday.\n\nAna',
  'The bill says 900 and I ordered for 90.',
  'This week: 20 % on everything.',
  'And one more thing: when do you open on Saturdays?',
  'Thanks!',
]

async function everythingHappens(desk: ActingDesk, round: number): Promise<void> {
  const { world, slack, maya, channel } = desk
  const from = CUSTOMERS[round % CUSTOMERS.length] ?? { address: 'ana@customer.test' }
  const told = await world.db.selectFrom('message').select('external_id').where('direction', '=', 'inbound').execute()
  const before = told.filter(({ external_id }) => !external_id.startsWith('edit/'))
  await desk.customerWrites(QUESTIONS[round % QUESTIONS.length] ?? '', {
    ...{
      from,
      subject: 'The blue lamp',
      attachments: [{ name: 'bill.pdf', type: 'application/pdf', bytes: 9000, ref: 'f' }],
    },
    ...(round === 2 && { automated: 'a mailing list' }),
  })
  slack.say(maya, channel, 'I will ask the warehouse.', { threadTs: desk.card().ts })
  slack.openHome(maya)
  if (round > 0) {
    await world.agentReplies('Yes, it is in stock.', { agent: maya })
    const [answered = '', other = ''] = before.slice(-2).map((message) => message.external_id)
    await world.hears(edit(answered, 'Is the red lamp in stock?', { arrivedAt: world.clock.now() }))
    if (round > 2) await world.hears(deletion(other, world.clock.now()))
  }
  if (round % 2 === 1) world.channel.fates.push({ kind: 'rejected', reason: 'The mailbox is full.' })
  await desk.eventsIn()
  await desk.settle()
  const { id } = await world.conversation()
  const conversation = await getConversation(world.db, id)
  const kind = round % 2 === 0 ? ('promise' as const) : ('reminder' as const)
  const made = {
    kind,
    text: 'Tell her when the lamp is back',
    by: maya,
    for: undefined,
    dueAt: world.clock.now() + 2 * HOUR,
  }
  await world.db.transaction((trx) => makeFollowUp(trx, conversation, made))
  await world.runOutbox()
  if (round === 3) await desk.comeDue()
  for (const words of ['queue', 'blocked', 'find lamp', `history ${from.address}`, `why ${id}`])
    await slack.command(maya, channel, '/desk', words)
}
