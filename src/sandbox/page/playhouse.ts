// The playhouse: the stand-ins, the program in a process of its own, and what players do with them.
import { HOUR, SECOND } from '../../clock.ts'
import { type MovableClock, movableClock } from '../clock.ts'
import { keepProgram, type ProgramKeeper } from '../program/keeper.ts'
import { type Stage, setStage } from '../stage.ts'
import type { Act } from './act.ts'
import { CUSTOMERS } from './cast.ts'
import { type Community, openCommunity } from './community.ts'
import { type Guests, openGuests } from './guests.ts'
import { TIME_WORDS, TROUBLE_WORDS } from './hint.ts'
import { customersPost, type Post } from './post.ts'
import { PATIENCE_MS, SCENES } from './scenes.ts'
import { makeSeats, type Seat, type Seats } from './seat.ts'
import { click, fileOf, fill, heard, submit, suggest } from './slack-hands.ts'
import { makeTrainer, type Trainer } from './training.ts'
import { makeTrouble } from './trouble.ts'

export interface Playhouse {
  stage: Stage
  clock: MovableClock
  post: Post
  community: Community
  guests: Guests
  program: ProgramKeeper
  trainer: Trainer
  seats: Seats
  /** Slack has too much of us; the mail server is away. */
  troubles: { isSlackBusy: boolean; isMailAway: boolean }
  /** Rejects with a sentence when it cannot be done. Resolves to what the browser is to be told. */
  act(seat: Seat, act: Act): Promise<unknown>
  stop(): Promise<void>
}

/** What the program needs to notice that time has gone by. */
const NOTICE_MS = 400

/** `undo`: how long a reply can be taken back, as in the configuration; `paceMs`: real time between two cases of a training. */
export async function openPlayhouse({ undo = '10s', paceMs = 25 * SECOND } = {}): Promise<Playhouse> {
  const clock = movableClock()
  const stage = await setStage({ clock, wait: clock.wait })
  const community = await openCommunity(stage, clock)
  const { settings: discord, env } = community
  const guests = openGuests(stage)
  const slack = { api_url: stage.slack.url, customers: guests.customers }
  const program = await keepProgram(stage, clock, { undo, sections: { discord, slack }, env })
  const post = customersPost(stage, clock)
  const troubles = { isSlackBusy: false, isMailAway: false }
  const trainer = makeTrainer({ stage, clock, post, community, guests, program, paceMs })
  program.start()
  const pass = async (ms: number) => {
    program.forward(ms)
    await clock.wait(NOTICE_MS)
  }
  const tools = { stage, post, community, guests, program, trainer, troubles, pass }
  return {
    ...{ stage, clock, post, community, guests, program, trainer, troubles },
    seats: makeSeats(stage),
    act: (seat, act) => perform({ ...tools, clock }, seat, act),
    async stop() {
      await program.stop()
      await community.stop()
      await stage.stop()
    },
  }
}

interface Tools
  extends Pick<Playhouse, 'stage' | 'clock' | 'post' | 'community' | 'guests' | 'program' | 'trainer' | 'troubles'> {
  pass(ms: number): Promise<void>
}

/** What is written by customers, which a program in the midst of its first start would take for old. */
const WRITING: readonly Act['do'][] = ['mail', 'discord', 'say', 'scene', 'training']

async function perform(tools: Tools, seat: Seat, act: Act): Promise<unknown> {
  const { stage, program } = tools
  const isSettled = () => program.isReady() || !program.isRunning()
  if (WRITING.includes(act.do)) await stage.slack.waitFor(isSettled, 'the program', PATIENCE_MS)
  const { slack } = stage
  switch (act.do) {
    case 'click':
      return await click(stage, act)
    case 'fill':
      return await fill(stage, act.person, act.view, act.field)
    case 'attach':
      return slack.attach(act.person, act.view, act.block, act.action, act.files.map(fileOf))
    case 'suggest':
      return await suggest(stage, act)
    case 'submit':
      return await submit(stage, act)
    case 'close':
      return await slack.close(act.person, act.view, { all: act.all ?? false })
    case 'say':
      slack.say(act.person, act.channel, act.text, {
        ...(act.thread !== undefined && { threadTs: act.thread }),
        ...(act.files?.length && { files: act.files.map(fileOf) }),
      })
      return
    case 'revise':
      return slack.edit(act.person, act.channel, act.ts, act.text)
    case 'remove':
      return slack.remove(act.person, act.channel, act.ts)
    case 'shortcut':
      heard(await slack.shortcut(act.person, act.name, act.channel, act.ts))
      return
    case 'dismiss':
      return dismiss(stage, act)
    case 'command':
      heard(await slack.command(act.person, act.channel, '/desk', act.text))
      return
    case 'thread':
      seat[act.pane].thread = act.ts
      if (act.ts !== undefined) seat[act.pane].tab = 'desk'
      return
    case 'tab':
      seat[act.pane].tab = act.tab
      if (act.tab === 'home') slack.openHome(seat[act.pane].person)
      return
    case 'customer':
      seat.customer = act.address
      return
    case 'agent':
      seat.agent = { ...seat.agent, person: act.person, told: 0 }
      if (seat.agent.tab === 'home') slack.openHome(act.person)
      return
    case 'mail':
      return await tools.post.write(customerOf(seat), act)
    case 'discord':
      return tools.community.write(act.person, act.text, act.topic)
    case 'pass':
      await tools.pass(spanOf(act.time, program, tools.clock))
      seat.hint = { kind: 'next', text: TIME_WORDS[act.time] }
      return
    case 'scene':
      return await playScene(tools, seat, act.name)
    case 'training':
      return await train(tools, seat, act.name)
    default:
      await makeTrouble(tools, act.name)
      seat.hint = { kind: 'next', text: TROUBLE_WORDS[act.name] }
      return
  }
}

function dismiss({ slack }: Stage, { person, ts }: { person: string; ts: string }): void {
  const { ephemerals } = slack.workspace
  const at = ephemerals.findIndex((each) => each.user === person && each.ts === ts)
  if (at >= 0) ephemerals.splice(at, 1)
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

const NO_PROGRAM = 'The program is not running, and this scene needs it. Start it again first.'
const IN_VAIN = 'The scene waited for the program in vain. See below what is wrong, mend it, and press the scene again.'

async function playScene(tools: Tools, seat: Seat, name: string): Promise<void> {
  const { program, stage } = tools
  const scene = SCENES.find((one) => one.name === name)
  if (!scene) throw new Error(`There is no scene ${name}.`)
  seat.hint = { kind: 'next', text: `${scene.title} …` }
  seat.scene = undefined
  seat.customer = scene.customer(tools)
  seat.agent = { ...seat.agent, person: stage.agent, tab: 'desk', thread: undefined }
  const since = tools.clock.now()
  if (scene.needsProgram && !program.isRunning()) throw new Error(NO_PROGRAM)
  try {
    await scene.play(tools)
  } catch {
    throw new Error(IN_VAIN)
  }
  seat.hint = { kind: 'next', text: scene.next }
  seat.scene = { name, since }
}

async function train(
  { trainer, stage }: Tools,
  seat: Seat,
  name: 'start' | 'next' | 'finish' | 'leave',
): Promise<void> {
  if (name === 'start') {
    seat.hint = undefined
    seat.scene = undefined
    seat.agent = { ...seat.agent, person: stage.agent, tab: 'desk', thread: undefined }
  }
  await trainer[name]()
}
