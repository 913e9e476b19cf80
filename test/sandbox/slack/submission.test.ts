import { App, LogLevel } from '@slack/bolt'
import { expect, onTestFinished, test } from 'vitest'
import { readBlocks } from '../../../src/sandbox/slack/read.ts'
import { manualClock } from '../../setup/clock.ts'
import { buttons, type Desk, inputBlock, makeDesk, modal, plain, quiet } from './desk.ts'

const body = inputBlock('body', { type: 'plain_text_input', action_id: 'text', min_length: 3, max_length: 20 })
const sure = modal([{ type: 'section', text: plain('The customer wrote again.') }], { callback_id: 'sure' })

/** A real Bolt app whose shortcut opens a modal; the test says what it does with the submission. */
async function startApp({ slack }: Desk, view = modal([body], { callback_id: 'reply' })): Promise<App> {
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    logger: quiet,
    logLevel: LogLevel.ERROR,
    convoStore: false,
    clientOptions: { slackApiUrl: slack.url },
    installerOptions: { clientOptions: { slackApiUrl: slack.url } },
  })
  app.shortcut('open', async ({ ack, body: payload, client }) => {
    await ack()
    await client.views.open({ trigger_id: payload.trigger_id, view })
  })
  await app.start()
  onTestFinished(() => void app.stop())
  return app
}

/** The id of the modal the agent sees after asking for it. */
async function openReply({ slack, ana }: Desk): Promise<string> {
  await slack.shortcut(ana, 'open')
  const front = await slack.waitFor(() => slack.workspace.modals.get(ana)?.at(-1), 'the modal')
  return front.id
}

const titles = ({ slack, ana }: Desk) => slack.workspace.modals.get(ana)?.map(({ view }) => view.callback_id)

test('a submission that is acked closes the modal', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  let sent: unknown
  app.view('reply', async ({ ack, view }) => {
    sent = view.state.values.body?.text?.value
    await ack()
  })
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'It is in stock.')
  expect((await desk.slack.submit(desk.ana, viewId)).kind).toBe('acked')
  expect([sent, titles(desk)]).toEqual(['It is in stock.', []])
})

test('errors stand under their inputs and the text stays', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  app.view('reply', ({ ack }) => ack({ response_action: 'errors', errors: { body: 'Name the customer.' } }))
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'It is in stock.')
  await desk.slack.submit(desk.ana, viewId)
  const [view] = desk.slack.workspace.modals.get(desk.ana) ?? []
  expect(view?.errors).toEqual({ body: 'Name the customer.' })
  expect(view?.entered.get('body text')).toMatchObject({ value: 'It is in stock.' })
})

test('update replaces the view in front, push covers it, clear takes all away', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  const answers = [
    { response_action: 'update', view: sure },
    { response_action: 'push', view: modal([body], { callback_id: 'note' }) },
    { response_action: 'clear' },
  ] as const
  let turn = 0
  app.view(/.*/, ({ ack }) => ack(answers[turn++]))
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'It is in stock.')
  await desk.slack.submit(desk.ana, viewId)
  expect(titles(desk)).toEqual(['sure'])
  await desk.slack.submit(desk.ana, viewId)
  expect(titles(desk)).toEqual(['sure', 'note'])
  const [, note] = desk.slack.workspace.modals.get(desk.ana) ?? []
  await desk.slack.type(desk.ana, note?.id ?? '', 'body', 'text', 'Asked twice.')
  await desk.slack.submit(desk.ana, note?.id ?? '')
  expect(titles(desk)).toEqual([])
})

test('an answer Slack cannot use leaves the modal open and says why', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  const answers: object[] = [
    { response_action: 'errors', errors: { bodi: 'x' } },
    { response_action: 'update', view: modal([body], { title: plain('x'.repeat(25)) }) },
    { response_action: 'dance' },
  ]
  let turn = 0
  app.view('reply', ({ ack }) => ack(answers[turn++] as never))
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'It is in stock.')
  const reasons = []
  for (const _answer of answers) reasons.push(await desk.slack.submit(desk.ana, viewId))
  expect(reasons).toMatchObject([
    { kind: 'rejected', reason: 'errors names bodi, which is no input block of this view' },
    { kind: 'rejected', reason: expect.stringContaining('/view/title/text') },
    { kind: 'rejected', reason: 'unknown response_action dance' },
  ])
  expect(titles(desk)).toEqual(['reply'])
})

test('Slack itself asks for what is required and lets nobody type too much', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  let submissions = 0
  app.view('reply', async ({ ack }) => {
    submissions += 1
    await ack()
  })
  const viewId = await openReply(desk)
  expect(await desk.slack.submit(desk.ana, viewId)).toEqual({
    kind: 'refused',
    errors: { body: 'Please complete this required field.' },
  })
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'ok')
  expect((await desk.slack.submit(desk.ana, viewId)).kind).toBe('refused')
  await expect(desk.slack.type(desk.ana, viewId, 'body', 'text', 'x'.repeat(21))).rejects.toThrow('takes 20 characters')
  expect(submissions).toBe(0)
})

test('a submission that is not acked in time leaves the modal and its text', async () => {
  const clock = manualClock()
  const desk = await makeDesk({ clock, wait: clock.wait })
  const app = await startApp(desk)
  const arrived = Promise.withResolvers<void>()
  app.view('reply', async () => arrived.resolve())
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'It is in stock.')
  const submitted = desk.slack.submit(desk.ana, viewId)
  await arrived.promise
  await clock.advance(3000)
  expect(await submitted).toEqual({ kind: 'unacked', reason: 'not acked in 3 s' })
  expect(titles(desk)).toEqual(['reply'])
})

test('cancelling is told to the app that asked for it', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk, modal([body], { callback_id: 'reply', notify_on_close: true }))
  const closed: unknown[] = []
  app.view({ callback_id: 'reply', type: 'view_closed' }, async ({ ack, view, body: payload }) => {
    closed.push([view.state.values.body?.text?.value, payload.type])
    await ack()
  })
  const viewId = await openReply(desk)
  await desk.slack.type(desk.ana, viewId, 'body', 'text', 'Half a ')
  await desk.slack.close(desk.ana, viewId)
  expect([closed, titles(desk)]).toEqual([[['Half a ', 'view_closed']], []])
})

test('menus, rich text, dates and files come back in the shape Slack gives them', async () => {
  const desk = await makeDesk()
  const option = (value: string) => ({ text: plain(value.toUpperCase()), value })
  const view = modal(
    [
      {
        type: 'actions',
        block_id: 'pick',
        elements: [{ type: 'static_select', action_id: 'template', options: [option('a'), option('b')] }],
      },
      inputBlock('rich', { type: 'rich_text_input', action_id: 'text' }),
      inputBlock('who', { type: 'users_select', action_id: 'user' }),
      inputBlock('when', { type: 'datepicker', action_id: 'date' }),
      inputBlock('files', { type: 'file_input', action_id: 'files', max_files: 1 }, { optional: true }),
    ],
    { callback_id: 'reply' },
  )
  const app = await startApp(desk, view)
  const picked: unknown[] = []
  app.action('template', async ({ ack, action }) => {
    picked.push('selected_option' in action ? action.selected_option : action)
    await ack()
  })
  let values: unknown
  app.view('reply', async ({ ack, view: submitted }) => {
    values = submitted.state.values
    await ack()
  })
  const { slack, ana, leo } = desk
  const viewId = await openReply(desk)
  await slack.choose(ana, viewId, 'pick', 'template', 'b')
  await slack.type(ana, viewId, 'rich', 'text', 'Hello <!channel>')
  await slack.choose(ana, viewId, 'who', 'user', leo)
  await slack.choose(ana, viewId, 'when', 'date', '2026-03-02')
  slack.attach(ana, viewId, 'files', 'files', [{ name: 'offer.pdf', bytes: new Uint8Array(3) }])
  await slack.submit(ana, viewId)
  expect(picked).toEqual([option('b')])
  expect(values).toMatchObject({
    pick: { template: { type: 'static_select', selected_option: option('b') } },
    rich: {
      text: {
        rich_text_value: { type: 'rich_text', elements: [{ elements: [{ type: 'text', text: 'Hello <!channel>' }] }] },
      },
    },
    who: { user: { selected_user: leo } },
    when: { date: { selected_date: '2026-03-02' } },
    files: { files: { files: [{ name: 'offer.pdf', size: 3, user: ana }] } },
  })
  await expect(openReply(desk).then((id) => slack.choose(ana, id, 'pick', 'template', 'z'))).rejects.toThrow(
    'it offers: a, b',
  )
})

test('a menu the app fills is asked what it offers', async () => {
  const desk = await makeDesk()
  const view = modal([inputBlock('letter', { type: 'external_select', action_id: 'letter', min_query_length: 2 })], {
    callback_id: 'reply',
  })
  const app = await startApp(desk, view)
  app.options('letter', ({ ack, payload }) =>
    ack({ options: [{ text: plain(`about ${payload.value}`), value: 'refund' }] }),
  )
  const viewId = await openReply(desk)
  expect(await desk.slack.suggest(desk.ana, viewId, 'letter', 'letter', 'r')).toEqual([])
  await desk.slack.choose(desk.ana, viewId, 'letter', 'letter', 'refund', 'ref')
  const [open] = desk.slack.workspace.modals.get(desk.ana) ?? []
  expect(open?.entered.get('letter letter')).toMatchObject({ selected_option: { text: { text: 'about ref' } } })
})

test('a command is answered to the caller alone, and its response address serves five times', async () => {
  const desk = await makeDesk()
  const app = await startApp(desk)
  const statuses: unknown[] = []
  app.command('/desk', async ({ ack, command, respond }) => {
    await ack(`looking for ${command.text}`)
    await respond({ text: 'found in the channel', response_type: 'in_channel' })
    for (let use = 2; use <= 6; use += 1) {
      const answer = await respond(`use ${use}`).catch((error: Error) => error.constructor.name)
      statuses.push(typeof answer === 'string' ? answer : 'ok')
    }
  })
  const { slack, ana } = desk
  await slack.command(ana, desk.desk, '/desk', 'find Ana')
  await slack.waitFor(() => statuses.length === 5, 'six answers')
  expect(statuses).toEqual(['ok', 'ok', 'ok', 'ok', 'RespondError'])
  expect(slack.workspace.ephemerals[0]).toMatchObject({ user: ana, text: 'looking for find Ana' })
  expect(slack.workspace.messages(desk.desk).map(({ text }) => text)).toEqual(['found in the channel'])
})

test('an overflow menu in a message tells which of its options was chosen', async () => {
  const desk = await makeDesk()
  const { slack, web, ana } = desk
  const app = await startApp(desk)
  const chosen: unknown[] = []
  app.action('more', async ({ ack, action }) => {
    chosen.push('selected_option' in action ? action.selected_option : action)
    await ack()
  })
  const options = ['close', 'why'].map((value) => ({ text: plain(`${value} it`), value }))
  const menu = { type: 'overflow' as const, action_id: 'more', options }
  const blocks = [{ type: 'actions' as const, elements: [menu] }]
  const { ts = '' } = await web.chat.postMessage({ channel: desk.desk, text: 'A card', blocks })
  const click = (value: string) => slack.click(ana, { channel: desk.desk, ts, actionId: 'more', value })
  expect((await click('why')).kind).toBe('acked')
  expect(chosen).toMatchObject([{ text: { text: 'why it' }, value: 'why' }])
  expect(() => click('win')).toThrow('more offers no win; it offers: close, why')
})

test('a button on the home tab tells the app which view it was clicked in', async () => {
  const desk = await makeDesk()
  const { slack, web, ana } = desk
  const app = await startApp(desk)
  const clicked: unknown[] = []
  app.action('take', async ({ ack, body: payload }) => {
    clicked.push('view' in payload ? payload.view?.type : payload.type)
    await ack()
  })
  app.event('app_home_opened', async ({ event }) => {
    await web.views.publish({ user_id: event.user, view: { type: 'home', blocks: buttons('take') } })
  })
  slack.openHome(ana)
  const home = await slack.waitFor(() => slack.home(ana), 'the home tab')
  expect((await slack.click(ana, { viewId: home.id, actionId: 'take' })).kind).toBe('acked')
  expect([clicked, readBlocks(home.blocks)]).toEqual([['home'], '[take]'])
})
