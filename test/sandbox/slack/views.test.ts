import { expect, test } from 'vitest'
import { manualClock } from '../../setup/clock.ts'
import { connect, type Desk, inputBlock, makeDesk, makeWeb, modal, plain, refusal } from './desk.ts'

const body = inputBlock('body', { type: 'plain_text_input', action_id: 'text' })
const home = (text: string) => ({ type: 'home' as const, blocks: [{ type: 'header' as const, text: plain(text) }] })

/** The trigger of a click the agent just made. */
async function trigger({ slack, ana }: Desk, options: { viewId?: string; actionId?: string } = {}): Promise<string> {
  const seen = Promise.withResolvers<string>()
  const client = await connect(slack, async (envelope) => {
    seen.resolve(String(envelope.body.trigger_id))
    await envelope.ack()
  })
  const { viewId, actionId } = options
  await (viewId && actionId ? slack.click(ana, { viewId, actionId }) : slack.shortcut(ana, 'reply'))
  await client.disconnect()
  return seen.promise
}

test('a trigger opens one modal and no second', async () => {
  const desk = await makeDesk()
  const { web, slack, ana } = desk
  const trigger_id = await trigger(desk)
  const { view } = await web.views.open({ trigger_id, view: modal([body]) })
  expect(slack.workspace.modals.get(ana)?.map(({ id }) => id)).toEqual([view?.id])
  expect((await refusal(web.views.open({ trigger_id, view: modal([body]) }))).error).toBe('exchanged_trigger_id')
  expect((await refusal(web.views.open({ trigger_id: '1.2.x', view: modal([body]) }))).error).toBe('invalid_trigger_id')
})

test('a trigger is worth nothing after three seconds', async () => {
  const clock = manualClock()
  const desk = await makeDesk({ clock })
  const late = await trigger(desk)
  await clock.advance(3001)
  expect((await refusal(desk.web.views.open({ trigger_id: late, view: modal([body]) }))).error).toBe(
    'expired_trigger_id',
  )
  const intime = await trigger(desk)
  await clock.advance(3000)
  expect((await desk.web.views.open({ trigger_id: intime, view: modal([body]) })).ok).toBe(true)
})

test('an update on an old hash loses against a newer one', async () => {
  const desk = await makeDesk()
  const { view } = await desk.web.views.open({ trigger_id: await trigger(desk), view: modal([body]) })
  const update = (hash: string | undefined) =>
    desk.web.views.update({ view_id: view?.id ?? '', ...(hash && { hash }), view: modal([body]) } as never)
  const second = await update(view?.hash)
  expect((await refusal(update(view?.hash))).error).toBe('hash_conflict')
  expect((await update((second.view as { hash?: string }).hash)).ok).toBe(true)
})

test('the home tab has a hash of its own', async () => {
  const { web, slack, ana } = await makeDesk()
  const first = await web.views.publish({ user_id: ana, view: home('1 waiting') })
  await web.views.publish({ user_id: ana, view: home('2 waiting'), hash: first.view?.hash ?? '' })
  expect(
    (await refusal(web.views.publish({ user_id: ana, view: home('3 waiting'), hash: first.view?.hash ?? '' }))).error,
  ).toBe('hash_conflict')
  expect(JSON.stringify(slack.workspace.homes.get(ana)?.view)).toContain('2 waiting')
})

test("the app's own id for a view finds it and can be used once at a time", async () => {
  const desk = await makeDesk()
  const view = modal([body], { external_id: 'reply:c_1:ana' })
  await desk.web.views.open({ trigger_id: await trigger(desk), view })
  expect((await refusal(desk.web.views.open({ trigger_id: await trigger(desk), view }))).error).toBe(
    'duplicate_external_id',
  )
  expect((await desk.web.views.update({ external_id: 'reply:c_1:ana', view })).ok).toBe(true)
  expect((await refusal(desk.web.views.update({ external_id: 'reply:c_2:ana', view }))).error).toBe('not_found')
})

test('three views stack and no fourth, and only from a click inside the modal', async () => {
  const desk = await makeDesk()
  const { web, slack, ana } = desk
  const step = (n: number) =>
    modal([{ type: 'actions', elements: [{ type: 'button', action_id: 'next', text: plain(`step ${n}`) }] }])
  expect((await refusal(web.views.push({ trigger_id: await trigger(desk), view: step(1) }))).error).toBe('not_found')
  let top = (await web.views.open({ trigger_id: await trigger(desk), view: step(1) })).view?.id ?? ''
  for (const n of [2, 3]) {
    const trigger_id = await trigger(desk, { viewId: top, actionId: 'next' })
    const pushed = await web.views.push({ trigger_id, view: step(n) })
    expect(pushed.view?.previous_view_id).toBe(top)
    top = pushed.view?.id ?? ''
  }
  const trigger_id = await trigger(desk, { viewId: top, actionId: 'next' })
  expect((await refusal(web.views.push({ trigger_id, view: step(4) }))).error).toBe('push_limit_reached')
  expect(slack.workspace.modals.get(ana)).toHaveLength(3)
})

test('what was typed survives an update only under the same block and action, even against a new first text', async () => {
  const desk = await makeDesk()
  const { web, slack, ana } = desk
  const input = (block: string, initial: string) =>
    inputBlock(block, { type: 'plain_text_input', action_id: 'text', initial_value: initial })
  const { view } = await web.views.open({
    trigger_id: await trigger(desk),
    view: modal([input('a', 'one'), input('b', 'two')]),
  })
  const view_id = view?.id ?? ''
  await slack.type(ana, view_id, 'a', 'text', 'typed')
  await web.views.update({ view_id, view: modal([input('a', 'new'), input('b', 'new'), input('c', 'new')]) })
  const seen = Promise.withResolvers<unknown>()
  await connect(slack, async ({ body: payload, ack }) => {
    seen.resolve((payload.view as { state: { values: unknown } }).state.values)
    await ack()
  })
  await slack.submit(ana, view_id)
  expect(await seen.promise).toMatchObject({
    a: { text: { value: 'typed' } },
    b: { text: { value: 'two' } },
    c: { text: { value: 'new' } },
  })
})

const MODALS: [string, object, string][] = [
  [
    'a title of 25 characters',
    modal([body], { title: plain('x'.repeat(25)) }),
    'must be less than 25 characters [json-pointer:/view/title/text]',
  ],
  [
    'a send button of 25 characters',
    modal([body], { submit: plain('x'.repeat(25)) }),
    'must be less than 25 characters [json-pointer:/view/submit/text]',
  ],
  [
    'a cancel button of 25 characters',
    modal([body], { close: plain('x'.repeat(25)) }),
    'must be less than 25 characters [json-pointer:/view/close/text]',
  ],
  [
    '3001 characters of private metadata',
    modal([body], { private_metadata: 'x'.repeat(3001) }),
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  [
    'a callback id of 256 characters',
    modal([body], { callback_id: 'x'.repeat(256) }),
    'must be less than 256 characters [json-pointer:/view/callback_id]',
  ],
  [
    'an external id of 256 characters',
    modal([body], { external_id: 'x'.repeat(256) }),
    'must be less than 256 characters [json-pointer:/view/external_id]',
  ],
  [
    'an input without a send button',
    { ...modal([body]), submit: undefined },
    'missing required field: submit [json-pointer:/view]',
  ],
  ['no title', { ...modal([body]), title: undefined }, 'missing required field: title [json-pointer:/view]'],
  [
    'a property of other views',
    modal([body], { submit_disabled: true }),
    'invalid additional property: submit_disabled [json-pointer:/view]',
  ],
]

test.each(MODALS)('a modal with %s is refused', async (_name, view, objection) => {
  const desk = await makeDesk()
  const refused = await refusal(desk.web.apiCall('views.open', { trigger_id: await trigger(desk), view }))
  expect(refused).toMatchObject({ error: 'invalid_arguments', messages: [`[ERROR] ${objection}`] })
})

test('a view of more than 250 kB is too large before anything else is looked at', async () => {
  const desk = await makeDesk()
  const view = modal(Array.from({ length: 100 }, () => ({ type: 'section', text: plain('x'.repeat(2800)) })))
  expect((await refusal(desk.web.views.open({ trigger_id: await trigger(desk), view }))).error).toBe('view_too_large')
})

test('a button in a message tells the app who clicked what, and where', async () => {
  const { slack, web, desk, ana } = await makeDesk()
  const blocks = [
    {
      type: 'actions' as const,
      block_id: 'b',
      elements: [{ type: 'button' as const, action_id: 'take', text: plain('Take'), value: 'c_1' }],
    },
  ]
  const { ts = '' } = await web.chat.postMessage({ channel: desk, text: 'card', blocks })
  const seen = Promise.withResolvers<unknown>()
  await connect(slack, async ({ type, body: payload, ack }) => {
    if (type === 'interactive') seen.resolve(payload)
    await ack()
  })
  expect(await slack.click(ana, { channel: desk, ts, actionId: 'take' })).toMatchObject({ kind: 'acked', payload: {} })
  expect(await seen.promise).toMatchObject({
    type: 'block_actions',
    user: { id: ana, team_id: slack.app.teamId },
    container: { type: 'message', message_ts: ts, channel_id: desk },
    channel: { id: desk, name: 'privategroup' },
    actions: [{ type: 'button', action_id: 'take', block_id: 'b', value: 'c_1' }],
  })
  const olga = slack.addUser({ name: 'olga' })
  expect(() => slack.click(olga.id, { channel: desk, ts, actionId: 'take' })).toThrow('cannot see')
  expect(() => slack.click(ana, { channel: desk, ts, actionId: 'fly' })).toThrow('there is: take')
})

test('a form that takes files opens only for an app that may read files', async () => {
  const desk = await makeDesk()
  const files = inputBlock('files', { type: 'file_input', action_id: 'files' }, { optional: true })
  expect((await desk.web.views.open({ trigger_id: await trigger(desk), view: modal([body, files]) })).ok).toBe(true)
  const modest = makeWeb({ url: desk.slack.url, botToken: desk.slack.installBot(['chat:write']) })
  const answer = await refusal(modest.views.open({ trigger_id: await trigger(desk), view: modal([body, files]) }))
  expect(answer).toMatchObject({ error: 'missing_scope', needed: 'files:read' })
})
