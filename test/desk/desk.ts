// A desk for tests: the real Bolt app on real sockets against the Slack stand-in, a real store, and a channel in memory.
import { onTestFinished } from 'vitest'
import { type Clock, SECOND } from '../../src/clock.ts'
import type { Db } from '../../src/db/open.ts'
import { deskApp } from '../../src/desk/app.ts'
import { letterBook } from '../../src/desk/desk.ts'
import { makeDeskChannels } from '../../src/desk/desk-channels.ts'
import { MANIFEST } from '../../src/desk/manifest.ts'
import type { Desk, DeskTools } from '../../src/desk/tools.ts'
import { intakeOf } from '../../src/intake.ts'
import type { Policies } from '../../src/policy.ts'
import { readBlocks, readView } from '../../src/sandbox/slack/read.ts'
import { type SlackOptions, startSlack } from '../../src/sandbox/slack/server.ts'
import type { SlackAccess } from '../../src/slack/clients.ts'
import { type SlackRoom, slackRoom } from '../../src/slack/room.ts'
import { type Letter, parseLetter } from '../../src/template/letter.ts'
import { openLetters } from '../../src/template/letter-store.ts'
import { judgeWhenDone } from '../blocks/judge.ts'
import type { OpenTestDb } from '../setup/database.ts'
import type { FakeChannel } from '../setup/fake-channel.ts'
import { DESK, makeWorld, type Wrote } from '../setup/world.ts'

export const UNDO_MS = 10 * SECOND

export interface DeskTestOptions {
  letters?: Letter[]
  /** Letters in a real folder instead, which can be changed. */
  folder?: string
  letterEditors?: 'agents' | 'leads'
  /** More desks of the configuration, with no agents in them. */
  moreDesks?: string[]
  policies?: Policies
  channel?: FakeChannel
  slack?: SlackOptions
  /** What the interactive half works with in place of the real store and clock. */
  db?(db: Db): Db
  clock?: Clock
  explain?: DeskTools['explain']
  queue?: DeskTools['queue']
  recipients?: DeskTools['recipients']
  /** Slack comes to us by requests; by sockets otherwise. */
  over?: 'http'
  channelsAt?: DeskTools['channelsAt']
  /** Other tokens, once there are some. */
  reread?: SlackAccess['reread']
}

export function letter(name: string, body: string, more = ''): Letter {
  const head = `---\ntitle: ${name}\nwhen: For tests\nlanguage: en\n${more}---\n`
  const parsed = parseLetter({ path: `en/${name}.md`, language: 'en', name }, head + body)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.letter
}

const isTextInput = ({ element }: { element?: unknown }) =>
  ['rich_text_input', 'plain_text_input'].includes((element as { type?: string } | undefined)?.type ?? '')

export type TestDesk = Awaited<ReturnType<typeof makeTestDesk>>

export async function makeTestDesk(open: OpenTestDb, options: DeskTestOptions = {}) {
  const { policies, channel: customers } = options
  const world = await makeWorld(open, { ...(policies && { policies }), ...(customers && { channel: customers }) })
  const { bot: scopes } = MANIFEST.oauth_config.scopes
  const isHttp = (options.over ?? process.env.DESKBELL_TEST_SLACK) === 'http'
  const slack = await startSlack({
    limits: 'off',
    // What is signed tells the time, and both must have the same.
    ...(isHttp && { clock: { now: () => world.clock.now() } }),
    scopes,
    events: MANIFEST.settings.event_subscriptions.bot_events,
    ...options.slack,
  })
  onTestFinished(() => slack.stop())
  judgeWhenDone(slack)
  const maya = slack.addUser({ name: 'maya', realName: 'Maya Lindt' }).id
  const tom = slack.addUser({ name: 'tom', realName: 'Tom Okafor' }).id
  /** Leads the desk and is no member of its channel. */
  const lea = slack.addUser({ name: 'lea', realName: 'Lea Lind' }).id
  const channel = slack.addChannel({ name: 'desk', isPrivate: true, members: [slack.app.botUserId, maya, tom] }).id

  const desks: Desk[] = [
    { name: DESK, title: 'Support', channel, undoMs: UNDO_MS, leads: [lea], backup: [] },
    ...(options.moreDesks ?? []).map((name): Desk => {
      const { id } = slack.addChannel({ name, isPrivate: true, members: [slack.app.botUserId] })
      return { name, channel: id, undoMs: UNDO_MS, leads: [], backup: [] }
    }),
  ]

  const { botToken, appToken, signingSecret, url: apiUrl } = slack
  const reread = options.reread && { reread: options.reread }
  const requests = { host: '127.0.0.1', port: 0, path: '/slack', signingSecret }
  const access = { botToken, apiUrl, ...(isHttp ? { requests } : { appToken }), ...reread }
  const clock = options.clock ?? world.clock
  const store = options.folder === undefined ? undefined : await openStore(options.folder)
  async function openStore(folder: string) {
    const store = await openLetters(folder, {
      ...world,
      book: letterBook(world.db),
      desks: desks.map(({ name }) => name),
    })
    onTestFinished(store.stop)
    return store
  }
  const connect = async (configured = channel) => {
    for (const one of desks.slice(0, 1)) one.channel = configured
    const tools = { ...world, clock }
    const channels = makeDeskChannels({ ...tools, desks, client: () => room.clients.read })
    const room: SlackRoom = slackRoom(access, { ...tools, guard: channels })
    const desk = deskApp({
      ...{ db: options.db?.(world.db) ?? world.db, clock, log: world.log, room },
      ...{ desks, channels },
      channelOf: () => world.channel,
      policies: world.policies,
      letters: () => store?.letters() ?? options.letters ?? [],
      ...(store && { shelf: store }),
      ...(options.letterEditors && { letterEditors: options.letterEditors }),
      explain: options.explain ?? (async () => []),
      queue: options.queue ?? (async () => []),
      ...(options.recipients && { recipients: options.recipients }),
      ...(options.channelsAt && { channelsAt: options.channelsAt }),
    })
    desk.register()
    world.sources.set('slack:desk', desk.source as never)
    await room.start(intakeOf(world.db, 'slack:desk'))
    if (isHttp) slack.settings.requestUrl = `http://127.0.0.1:${room.port()}/slack`
    return { room, desk, channels }
  }
  let current = await connect()
  onTestFinished(() => current.room.stop())
  await current.desk.syncAgents()

  const test = {
    ...{ world, slack, maya, tom, lea, channel, desks },
    store: () => {
      if (!store) throw new Error('this desk has no folder of letters')
      return store
    },
    desk: () => current.desk,
    room: () => current.room,
    channels: () => current.channels,
    /** With another channel in the configuration, where one is given. */
    async reconnect(configured?: string): Promise<void> {
      await current.room.stop()
      current = await connect(configured)
    },
    /** A customer writes, and the card stands in the channel. */
    async card(text = 'Is it in stock?', wrote: Wrote = {}): Promise<{ id: string; ts: string }> {
      const { conversation_id: id } = await world.customerWrites(text, wrote)
      const button = (name: string) => ({
        type: 'button' as const,
        action_id: name,
        text: { type: 'plain_text' as const, text: name },
        value: id,
      })
      const blocks = [{ type: 'actions' as const, elements: [button('take'), button('reply')] }]
      const { ts = '' } = await current.room.clients.post.chat.postMessage({ channel, text: 'A card', blocks })
      await world.db.transaction((trx) =>
        trx.updateTable('conversation').set({ card_channel: channel, card_ts: ts }).where('id', '=', id).execute(),
      )
      return { id, ts }
    },
    click: (who: string, ts: string, actionId: string, value?: string) =>
      slack.click(who, { channel, ts, actionId, ...(value !== undefined && { value }) }),
    /** The modal in front of a person. */
    front(who: string) {
      const view = slack.workspace.modals.get(who)?.at(-1)
      if (!view) throw new Error('no modal is open')
      return view
    },
    /** All that the modal in front says. */
    screen: (who: string) => {
      const { view, blocks } = test.front(who)
      return readView({ ...view, blocks })
    },
    modals: (who: string) => slack.workspace.modals.get(who) ?? [],
    async waitForScreen(who: string, words: string): Promise<string> {
      return await slack.waitFor(() => {
        const shown = test.modals(who).length > 0 ? test.screen(who) : ''
        return shown.includes(words) ? shown : ''
      }, `a modal that says "${words}"`)
    },
    /** What this person alone was told, in the channel and by direct message. */
    told(who: string): string[] {
      const dm = slack.workspace.dm(who)
      const direct = dm ? slack.workspace.messages(dm.id).map(({ text }) => text) : []
      return [...slack.workspace.ephemerals.filter(({ user }) => user === who).map(({ text }) => text), ...direct]
    },
    bodyBlock: (who: string) => String(test.front(who).blocks.findLast(isTextInput)?.block_id),
    body(who: string): string {
      const view = test.front(who)
      const input = view.blocks.findLast(isTextInput)
      const element = input?.element as { initial_value?: unknown } | undefined
      const entered = view.entered.get(`${input?.block_id} text`)
      const shown = entered ? (entered.value ?? entered.rich_text_value) : element?.initial_value
      return typeof shown === 'object' ? readBlocks([shown]) : String(shown ?? '')
    },
    type: (who: string, text: string) => slack.type(who, test.front(who).id, test.bodyBlock(who), 'text', text),
    letterBlock: (who: string) =>
      test
        .front(who)
        .blocks.flatMap(({ block_id }) => (/^letter-/.test(String(block_id)) ? String(block_id) : []))[0] ?? '',
    choose: (who: string, value: string) =>
      slack.choose(who, test.front(who).id, test.letterBlock(who), 'letter', value),
    /** What the list of letters shows for what is typed into it. */
    async offered(who: string, query = ''): Promise<unknown[]> {
      const options = await slack.suggest(who, test.front(who).id, test.letterBlock(who), 'letter', query)
      return options.map(({ value }) => value)
    },
    /** Answers what a letter asks. */
    async answer(who: string, key: string, name: string, answer: string): Promise<void> {
      const view = test.front(who)
      const blockId = `fill-${key}-${name}`
      const type = (view.blocks.find(({ block_id }) => block_id === blockId)?.element as { type?: string })?.type
      if (type === 'plain_text_input') await slack.type(who, view.id, blockId, 'fill', answer)
      else await slack.choose(who, view.id, blockId, 'fill', answer)
    },
    submit: (who: string) => slack.submit(who, test.front(who).id),
    /** What the modal refused, at whatever field. */
    errors: (who: string) => Object.values(test.front(who).errors).join(' '),
    async openComposer(who: string, ts: string): Promise<void> {
      await test.click(who, ts, 'reply')
      await test.waitForScreen(who, 'Your answer')
    },
    /** Opens the composer, types, and asks for the preview. */
    async preview(who: string, ts: string, text: string): Promise<void> {
      await test.openComposer(who, ts)
      await test.type(who, text)
      await test.submit(who)
    },
    pressUndo: (who: string) => slack.click(who, { viewId: test.front(who).id, actionId: 'undo' }),
    /** Everything Slack has told us is taken in. */
    async eventsIn(): Promise<void> {
      await slack.waitFor(() => slack.events.every(({ state }) => state === 'acked'), 'all events to be acknowledged')
      await world.runIntake()
    },
    counts: async () => ({
      drafts: (await world.db.selectFrom('draft').selectAll().execute()).length,
      parts: (await world.db.selectFrom('part').selectAll().execute()).length,
      replies: (await world.effects('reply')).length,
      sends: world.channel.sends,
    }),
  }
  return test
}
