// Somebody who presses everything they see: on cards, in threads, in the home tab and in every form that opens, until nothing is new.
import { elementsOf } from '../../src/sandbox/slack/blocks.ts'
import type { ViewRecord } from '../../src/sandbox/slack/view-record.ts'
import type { ActingDesk } from '../desk/acting.ts'

interface Thing {
  /** Where it stands and what it says: pressed once. */
  name: string
  press(): Promise<unknown>
}

const ROUNDS_MAX = 12

/** `renew` brings something new to press before each round. Resolves to the names of all that was pressed. */
export async function pressEverything(
  desk: ActingDesk,
  who: string,
  renew: (round: number) => Promise<unknown>,
): Promise<string[]> {
  const pressed = new Set<string>()
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await renew(round)
    const before = pressed.size
    for (let next = findNew(desk, who, pressed); next; next = findNew(desk, who, pressed)) {
      await press(desk, next, pressed)
      await lookThrough(desk, who, pressed)
    }
    if (round > 2 && pressed.size === before) break
  }
  return [...pressed]
}

async function press({ slack, world }: ActingDesk, { name, press }: Thing, pressed: Set<string>): Promise<void> {
  pressed.add(name)
  await press()
  await comesToRest(() => slack.log.length + slack.answers.length)
  await world.runIntake()
  await world.runOutbox()
}

const findNew = (desk: ActingDesk, who: string, pressed: ReadonlySet<string>) =>
  [...onMessages(desk, who), ...onHome(desk, who)].find(({ name }) => !pressed.has(name))

/** What the modal in front offers, and then what those below it do. */
async function lookThrough(desk: ActingDesk, who: string, pressed: Set<string>): Promise<void> {
  for (;;) {
    const view = desk.modals(who).at(-1)
    if (!view) return
    const next = inView(desk, who, view).find(({ name }) => !pressed.has(name))
    if (next) await press(desk, next, pressed)
    else await desk.slack.close(who, view.id)
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

function inView({ slack }: ActingDesk, who: string, view: ViewRecord): Thing[] {
  const name = `${view.view.callback_id} ${(view.view.title as { text?: string } | undefined)?.text}`
  const submit = () => slack.submit(who, view.id)
  const filled = async () => {
    fillIn(view)
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

/** A value for every field that takes one, as somebody in a hurry would choose it. */
function fillIn(view: ViewRecord): void {
  for (const block of view.blocks) {
    if (block.type !== 'input') continue
    const element = block.element as Record<string, unknown> & { type: string; action_id: string }
    const { type, options, action_id: action, max_length: max } = element
    const first = (options as unknown[] | undefined)?.[0]
    const text = 'QZX *x* `y` & > :tada: '.repeat(100).slice(0, Math.min(Number(max ?? 3000), 3000))
    const values: Record<string, Record<string, unknown>> = {
      plain_text_input: { value: text },
      static_select: { selected_option: first },
      radio_buttons: { selected_option: first },
      checkboxes: { selected_options: options },
      datepicker: { selected_date: '2030-06-14' },
      users_select: { selected_user: view.userId },
    }
    if (values[type]) view.entered.set(`${block.block_id} ${action}`, { type, ...values[type] })
  }
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

const REST_LOOKS = 5

/** Until nothing has happened for some turns: what is behind a click may be anything. */
async function comesToRest(progress: () => number): Promise<void> {
  let last = progress()
  for (let quiet = 0; quiet < REST_LOOKS; quiet++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (progress() !== last) quiet = 0
    last = progress()
  }
}
