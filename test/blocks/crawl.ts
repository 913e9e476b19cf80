// Somebody who presses everything they see: on cards, in threads, in the home tab and in every form that opens, until nothing is new.
import { elementsOf } from '../../src/sandbox/slack/blocks.ts'
import type { ViewRecord } from '../../src/sandbox/slack/view-record.ts'
import type { ActingDesk } from '../desk/acting.ts'

interface Thing {
  /** Where it stands and what it says: pressed once. */
  name: string
  press(): Promise<unknown>
}

interface Crawl {
  pressed: Set<string>
  /** How often something was pressed again for what stands behind it. */
  returns: Map<string, number>
  /** What led to the form that opens next. */
  path: string[]
  habits: Habits
  isDone(): Promise<void>
}

export interface Habits {
  /** What they write into every field. */
  words?: string
  /** Told of every form that is before them, and again after each thing they do in it. */
  sees?(view: ViewRecord): void
}

const ROUNDS_MAX = 12
const RETURNS_MAX = 12

/** `renew` brings something new to press before each round. Resolves to the names of all that was pressed. */
export async function pressEverything(
  desk: ActingDesk,
  who: string,
  renew: (round: number) => Promise<unknown>,
  habits: Habits = {},
): Promise<string[]> {
  const crawl: Crawl = { pressed: new Set(), returns: new Map(), path: [], habits, isDone: watchWork(desk.room()) }
  const { pressed } = crawl
  const all = new Set<string>()
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await renew(round)
    const before = all.size
    for (let next = findNew(desk, who, pressed); next; next = findNew(desk, who, pressed)) {
      crawl.path = [next.name]
      await press(desk, next, crawl)
      await lookThrough(desk, who, crawl)
      for (const name of pressed) all.add(name)
    }
    if (round > 2 && all.size === before) break
  }
  return [...all]
}

async function press(desk: ActingDesk, { name, press }: Thing, { pressed, isDone }: Crawl): Promise<void> {
  pressed.add(name)
  await press()
  await isDone()
  await desk.eventsIn()
  await desk.settle()
}

const findNew = (desk: ActingDesk, who: string, pressed: ReadonlySet<string>) =>
  [...onMessages(desk, who), ...onHome(desk, who)].find(({ name }) => !pressed.has(name))

/** A form that was seen: what was pressed to come to it, and what nobody has pressed in it. */
interface Seen {
  path: string[]
  left: string[]
}

/** What the modal in front offers, and then what those below it do. */
async function lookThrough(desk: ActingDesk, who: string, crawl: Crawl): Promise<void> {
  const { pressed } = crawl
  const seen = new Map<string, Seen>()
  for (;;) {
    const view = desk.modals(who).at(-1)
    if (!view) break
    crawl.habits.sees?.(view)
    const things = inView(desk, who, view, crawl.habits).filter(({ name }) => !pressed.has(name))
    const key = `${view.id} ${view.view.callback_id}`
    const { path } = seen.get(key) ?? { path: crawl.path }
    seen.set(key, { path, left: things.map(({ name }) => name) })
    const [next] = things
    if (next) {
      crawl.path = [...path, next.name]
      await press(desk, next, crawl)
    } else await desk.slack.close(who, view.id)
  }
  for (const { path, left } of seen.values()) if (left.some((name) => !pressed.has(name))) comeBack(crawl, path)
}

/** A form closes with what was not pressed in it: whatever led there is pressed again, a few times. */
function comeBack({ pressed, returns }: Crawl, path: readonly string[]): void {
  for (const name of path) {
    const times = returns.get(name) ?? 0
    returns.set(name, times + 1)
    if (times < RETURNS_MAX) pressed.delete(name)
  }
}

function onMessages({ slack }: ActingDesk, who: string): Thing[] {
  const seen = [...slack.workspace.channels.values()]
    .filter(({ members }) => members.has(who))
    .flatMap(({ id }) => {
      const roots = slack.workspace.messages(id)
      return roots.flatMap(({ ts }) => slack.workspace.thread(id, ts)).map((message) => ({ ...message, channel: id }))
    })
  const whispered = slack.workspace.ephemerals.filter(({ user }) => user === who)
  return [...whispered, ...seen].reverse().flatMap(({ channel, ts, blocks = [] }) =>
    targetsIn(blocks).map(({ name, actionId, value }) => ({
      name: `message: ${name}`,
      press: () => slack.click(who, { channel, ts, actionId, ...(value !== undefined && { value }) }),
    })),
  )
}

function onHome({ slack }: ActingDesk, who: string): Thing[] {
  const home = slack.home(who)
  return home ? inside(slack, who, home, 'home') : []
}

function inView({ slack }: ActingDesk, who: string, view: ViewRecord, { words = EVIL }: Habits): Thing[] {
  const name = `${view.view.callback_id} ${(view.view.title as { text?: string } | undefined)?.text}`
  const submit = () => slack.submit(who, view.id)
  const filled = async () => {
    await fillIn(slack, view, words)
    await submit()
  }
  const isForm = view.view.submit !== undefined
  return [
    ...inside(slack, who, view, name),
    ...(isForm
      ? [
          { name: `${name}: submit`, press: submit },
          { name: `${name}: submit filled in`, press: filled },
        ]
      : []),
  ]
}

function inside(slack: ActingDesk['slack'], who: string, view: ViewRecord, where: string): Thing[] {
  return targetsIn(view.blocks).map(({ name, actionId, blockId, value }) => ({
    name: `${where}: ${name}`,
    press: () => slack.click(who, { viewId: view.id, actionId, blockId, ...(value !== undefined && { value }) }),
  }))
}

const EVIL = 'QZX *x* `y` & > :tada: '.repeat(100)

/** A value for every field that takes one, as somebody in a hurry would choose it. */
async function fillIn(slack: ActingDesk['slack'], view: ViewRecord, words: string): Promise<void> {
  for (const block of view.blocks) {
    if (block.type !== 'input') continue
    const element = block.element as Record<string, unknown> & { type: string; action_id: string }
    const value = await filledIn(slack, view, { blockId: String(block.block_id), element, words })
    if (value) view.entered.set(`${block.block_id} ${element.action_id}`, { type: element.type, ...value })
  }
}

type Element = Record<string, unknown> & { type: string; action_id: string }

async function filledIn(
  slack: ActingDesk['slack'],
  view: ViewRecord,
  { blockId, element, words }: { blockId: string; element: Element; words: string },
): Promise<Record<string, unknown> | undefined> {
  const { type, action_id: action } = element
  const options = (element.options ?? []) as unknown[]
  const text = words.slice(0, Math.min(Number(element.max_length ?? 3000), 3000))
  switch (type) {
    case 'plain_text_input':
      // Somebody chooses from the list, or pastes a link: not both.
      if (action === 'link') return undefined
      return { value: ADDRESSES.test(action) ? 'supplier@example.org' : text }
    case 'rich_text_input':
      return { rich_text_value: richText(text) }
    case 'static_select':
    case 'radio_buttons':
      return { selected_option: options[0] }
    case 'external_select': {
      const [first] = await slack.suggest(view.userId, view.id, blockId, action, '')
      return first && { selected_option: first }
    }
    case 'checkboxes':
    case 'multi_static_select':
      // All but one, for not everything may be another matter.
      return { selected_options: options.slice(0, Math.max(1, options.length - 1)).slice(0, BOXES_MAX) }
    case 'datepicker':
      return { selected_date: '2030-06-14' }
    case 'datetimepicker':
      return { selected_date_time: Number(element.initial_date_time) + 5 * DAY_SECONDS }
    case 'users_select':
      return { selected_user: view.userId }
    default:
      return undefined
  }
}

const ADDRESSES = /address|_to$/
const BOXES_MAX = 10
const DAY_SECONDS = 86_400

function richText(text: string) {
  const written = { type: 'rich_text_section', elements: [{ type: 'text', text }] }
  return { type: 'rich_text', elements: [written] }
}

interface Target {
  name: string
  actionId: string
  blockId: string
  value?: string
}

function targetsIn(blocks: Record<string, unknown>[]): Target[] {
  return blocks.flatMap((block) => {
    if (block.type === 'input') return []
    return elementsOf(block).flatMap((element): Target[] => {
      const { action_id: actionId, type, text, url, options } = element as Record<string, never>
      const place = { actionId: String(actionId), blockId: String(block.block_id) }
      const label = String((text as { text?: string } | undefined)?.text ?? '').replaceAll(/\d+/g, 'n')
      if (type === 'button')
        return url ? [] : [{ ...place, name: `${actionId} ${label}`, value: element.value as string }]
      if (type !== 'overflow' && type !== 'static_select') return []
      return ((options ?? []) as { value: string }[]).map(({ value }) => ({
        ...place,
        name: `${actionId} ${value.split(' ')[0]}`,
        value,
      }))
    })
  })
}

/** Resolves once all that was set off at the desk is done: the answer to a click may come in the middle of it. */
function watchWork({ app }: ReturnType<ActingDesk['room']>): () => Promise<void> {
  const { processEvent } = app
  const work = new Set<Promise<void>>()
  app.processEvent = (event) => {
    const done = processEvent.call(app, event).finally(() => work.delete(done))
    work.add(done)
    return done
  }
  return async () => {
    while (work.size > 0) await Promise.allSettled(work)
  }
}
