// The playhouse: the stand-ins, the program in a process of its own, and what players do with them.
import { HOUR, SECOND } from '../../clock.ts'
import { type MovableClock, movableClock } from '../clock.ts'
import { keepProgram, type ProgramKeeper } from '../program/keeper.ts'
import { asJson, type Json, jsonList } from '../slack/json.ts'
import { type Stage, setStage } from '../stage.ts'
import type { Act, Filled } from './act.ts'
import { CUSTOMERS } from './cast.ts'
import { type Community, openCommunity } from './community.ts'
import { customersPost, type Post } from './post.ts'
import { SCENES } from './scenes.ts'
import { makeSeats, type Seat, type Seats } from './seat.ts'

export interface Playhouse {
  stage: Stage
  clock: MovableClock
  post: Post
  community: Community
  program: ProgramKeeper
  seats: Seats
  /** Slack has too much of us; the mail server is away. */
  troubles: { isSlackBusy: boolean; isMailAway: boolean }
  /** Rejects with a sentence when it cannot be done. */
  act(seat: Seat, act: Act): Promise<void>
  stop(): Promise<void>
}

const BUSY_CALLS = 2
const BUSY_S = 3
/** What the program needs to notice that time has gone by. */
const NOTICE_MS = 1500

/** `undo`: how long a reply can be taken back, as in the configuration. */
export async function openPlayhouse({ undo = '10s' } = {}): Promise<Playhouse> {
  const clock = movableClock()
  const stage = await setStage({ clock, wait: clock.wait })
  const community = await openCommunity(stage, clock)
  const { settings: discord, env } = community
  const program = await keepProgram(stage, clock, { undo, sections: { discord }, env })
  const post = customersPost(stage, clock)
  const troubles = { isSlackBusy: false, isMailAway: false }
  program.start()
  const pass = async (ms: number) => {
    program.forward(ms)
    await clock.wait(NOTICE_MS)
  }
  const tools = { stage, post, community, program, troubles, pass }
  return {
    ...{ stage, clock, post, community, program, troubles },
    seats: makeSeats(stage.agent),
    act: (seat, act) => perform({ ...tools, clock }, seat, act),
    async stop() {
      await program.stop()
      await community.stop()
      await stage.stop()
    },
  }
}

interface Tools extends Pick<Playhouse, 'stage' | 'clock' | 'post' | 'community' | 'program' | 'troubles'> {
  pass(ms: number): Promise<void>
}

async function perform(tools: Tools, seat: Seat, act: Act): Promise<void> {
  const { stage, program } = tools
  const { slack } = stage
  switch (act.do) {
    case 'click':
      return await click(stage, act)
    case 'fill':
      return await fill(stage, act.person, act.view, act.field)
    case 'attach': {
      const files = act.files.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }))
      return slack.attach(act.person, act.view, act.block, act.action, files)
    }
    case 'submit':
      for (const field of inputsAmong(stage, act)) await fill(stage, act.person, act.view, field)
      await slack.submit(act.person, act.view)
      return
    case 'close':
      return await slack.close(act.person, act.view, { all: act.all ?? false })
    case 'say':
      slack.say(act.person, act.channel, act.text, act.thread === undefined ? {} : { threadTs: act.thread })
      return
    case 'command':
      await slack.command(act.person, act.channel, '/desk', act.text)
      return
    case 'thread':
      seat.thread = act.ts
      return
    case 'tab':
      seat.tab = act.tab
      if (act.tab === 'home') slack.openHome(seat.agent)
      return
    case 'customer':
      seat.customer = act.address
      return
    case 'agent':
      seat.agent = act.person
      return
    case 'mail':
      return await tools.post.write(customerOf(seat), act)
    case 'discord':
      return tools.community.write(act.person, act.text, act.topic)
    case 'pass':
      return await tools.pass(spanOf(act.time, program, tools.clock))
    case 'scene':
      return await playScene(tools, seat, act.name)
    default:
      return await makeTrouble(tools, act.name)
  }
}

async function click(
  { slack }: Stage,
  { person, channel, ts, view, block, action, value }: Extract<Act, { do: 'click' }>,
): Promise<void> {
  const target = { actionId: action, ...(block !== '' && { blockId: block }), ...(value !== undefined && { value }) }
  if (view !== undefined) await slack.click(person, { ...target, viewId: view })
  else if (channel !== undefined && ts !== undefined) await slack.click(person, { ...target, channel, ts })
}

/** What stands beside the inputs has told the app of every choice already. */
function inputsAmong({ slack }: Stage, { person, view, fields }: Extract<Act, { do: 'submit' }>): Filled[] {
  const front = slack.workspace.modals.get(person)?.find(({ id }) => id === view)
  const inputs = new Set(front?.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id))
  return fields.filter(({ block }) => inputs.has(block))
}

async function fill({ slack }: Stage, person: string, view: string, field: Filled): Promise<void> {
  const { block, action, type, value, rich } = field
  if (rich !== undefined) return void (await slack.type(person, view, block, action, richIn(rich)))
  if (/_input$/.test(type)) await slack.type(person, view, block, action, [value].flat().join('\n'))
  else if (value !== '') await slack.choose(person, view, block, action, value)
}

/** An empty field holds nothing. */
function richIn(written: string): Json | string {
  const block = asJson(JSON.parse(written))
  return jsonList(block.elements).length === 0 ? '' : block
}

function customerOf({ customer }: Seat) {
  const found = CUSTOMERS.find(({ address }) => address === customer)
  if (!found) throw new Error('Choose a customer first.')
  return found
}

function spanOf(time: 'hour' | 'day' | 'due', program: ProgramKeeper, clock: MovableClock): number {
  if (time !== 'due') return time === 'hour' ? HOUR : 24 * HOUR
  const next = program.inside().windows.find(({ dueAt }) => dueAt > clock.now())
  if (!next) throw new Error('Nobody waits for an answer that is not due already.')
  return next.dueAt - clock.now() + SECOND
}

async function playScene(tools: Tools, seat: Seat, name: string): Promise<void> {
  const scene = SCENES.find((one) => one.name === name)
  if (!scene) throw new Error(`There is no scene ${name}.`)
  seat.hint = { kind: 'next', text: `${scene.title} …` }
  seat.customer = scene.customer
  seat.agent = tools.stage.agent
  seat.tab = 'desk'
  seat.thread = undefined
  await scene.play(tools)
  seat.hint = { kind: 'next', text: scene.next }
}

async function makeTrouble({ stage, program, troubles }: Tools, name: Extract<Act, { do: 'trouble' }>['name']) {
  const { slack, mail } = stage
  switch (name) {
    case 'slack-busy':
      for (const method of ['chat.postMessage', 'chat.update']) {
        slack.faults.next(method, { status: 429, retryAfterS: BUSY_S }, BUSY_CALLS)
      }
      return
    case 'mail-away':
      troubles.isMailAway = true
      mail.faults.smtp.next({ kind: 'refuse-connection' }, Infinity)
      return await mail.faults.imap.goAway()
    case 'mail-back':
      troubles.isMailAway = false
      mail.faults.smtp.release()
      return await mail.faults.imap.comeBack()
    case 'kill':
      return await program.kill()
    default:
      return program.start()
  }
}
