// One journey: the stand-ins live here, the program in a process that may be killed and is then started again, as a supervisor would.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HOUR, SECOND, systemClock } from '../../src/clock.ts'
import { type Db, type Engine, openDb } from '../../src/db/open.ts'
import { systemRandom } from '../../src/id.ts'
import { silentLog } from '../../src/log.ts'
import { makeMail } from '../../src/sandbox/mail/letter.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import { type Stage, SUPPORT_ADDRESS, setStage } from '../../src/sandbox/stage.ts'
import { freshPostgres, freshSqlite } from '../setup/fresh-database.ts'
import { scratchFolder } from '../setup/scratch.ts'
import { makeHands } from './hands.ts'
import { lookInto } from './stuck.ts'
import { type Counts, makeSupervisor, type Supervisor } from './supervisor.ts'

export const ANA = { address: 'ana@customer.test', subject: 'Where is my order?' }
export const BEN = { address: 'ben@customer.test', subject: 'The lamp is broken' }

const STORY_MS = 120 * SECOND
/** Longer than the wait between two looks after an uncertain send, and than a dead instance is watched. */
const CALM_MS = 70 * SECOND

export interface Ending {
  failure: string | undefined
  kills: number
  counts: Counts
  conversations: number
  inbound: number
  outbound: number
  /** Different mails with the reply, and how often one of them came. */
  distinctReplies: number
  copies: number
  cardsOfAna: number
  cardsOfBen: number
  doubledEntries: number
  pings: number
  anasWindow: string
  bensWindow: string
  /** Rows that are not settled. */
  stuck: number
}

export async function playJourney(options: {
  engine: Engine
  serverUrl: string
  kill?: { kind: string; k: number }
}): Promise<Ending> {
  const fresh = options.engine === 'sqlite' ? freshSqlite(scratchFolder()) : await freshPostgres(options.serverUrl)
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-journey-'))
  // The stand-ins' own limits are tested elsewhere; here only what the program does counts.
  const stage = await setStage({ limits: 'off' })
  stage.mail.account(ANA.address)
  const { database } = fresh
  const settings = stage.settings({ undo: '0s', ...(database.kind === 'sqlite' && { databasePath: database.path }) })
  const config = join(folder, 'deskbell.yaml')
  await writeFile(config, lean(settings.yaml.text, join(folder, 'templates')))
  await mkdir(join(folder, 'templates/en'), { recursive: true })
  await writeFile(join(folder, 'templates/en/hello.md'), LETTER)
  const env = { ...settings.env, ...(database.kind === 'postgres' && { DATABASE_URL: database.url }) }
  // IMAP is read only: what the program writes there are questions.
  const silentPorts = [
    stage.mail.imap.port,
    ...(database.kind === 'postgres' ? [Number(new URL(database.url).port)] : []),
  ]
  const supervisor = makeSupervisor({ config, env, silentPorts, ...(options.kill && { kill: options.kill }) })
  const look = lookInto(database)
  const failure = await story(stage, supervisor, look.count).then(
    () => undefined,
    (error: unknown) => `${error instanceof Error ? error.message : error}; ${supervisor.lastWords()}`,
  )
  const counts = await supervisor.stop()
  const tools = { clock: systemClock(), random: systemRandom(), log: silentLog }
  const db = await openDb(database, tools)
  const ending = {
    failure,
    kills: supervisor.kills(),
    counts,
    ...seenOutside(stage),
    ...(await seenInside(db)),
    stuck: await look.count(),
  }
  await look.close()
  await db.close()
  await stage.stop()
  await fresh.drop()
  await rm(folder, { recursive: true, force: true })
  return ending
}

const LETTER =
  '---\ntitle: Hello\nwhen: Always.\nlanguage: en\n---\nHello {{ contact.first_name | default: "there" }}\n'

/** Commits wake the loops; looking around in between, and reading sixty letters at each start, is not what is tested here. */
function lean(yaml: string, folder: string): string {
  return JSON.stringify({ ...JSON.parse(yaml), limits: { outbox: { tick: '2s' } }, templates: { folder } })
}

async function story(stage: Stage, supervisor: Supervisor, stuck: () => Promise<number>): Promise<void> {
  const maya = makeHands(stage, stage.agent, STORY_MS)
  const settled = async () => (await stuck()) === 0
  write(stage, ANA, 'It was to come on Monday.')
  supervisor.start()
  const card = await maya.waitForCard(ANA.subject)
  await maya.answer(card, 'Hello Ana, it leaves today and will be with you tomorrow. Maya')
  await supervisor.patiently(
    () => stage.mail.account(ANA.address).list().length > 0 && maya.shows(card, 'Answered'),
    CALM_MS,
    "Ana's answer",
  )
  write(stage, BEN, 'What now?')
  await supervisor.patiently(() => maya.findCard(BEN.subject) !== undefined, CALM_MS, "Ben's card")
  await supervisor.patiently(() => maya.entries(BEN.subject) > 0, CALM_MS, "Ben's words in the thread")
  // Work that is a day old is given up and waits for a person; this story's is not to grow that old.
  await supervisor.patiently(settled, CALM_MS, 'what is uncertain to be seen')
  supervisor.forward(25 * HOUR)
  await supervisor.patiently(() => pings(stage).length > 0, CALM_MS, 'the ping')
  const overdue = () => maya.findCard(BEN.subject)
  await supervisor.patiently(() => maya.shows(overdue(), 'overdue since'), CALM_MS, 'the overdue card')
  // What a slower look may still bring must have come before we count.
  await supervisor.patiently(settled, CALM_MS, 'the last uncertain post')
}

function write({ mail }: Stage, customer: { address: string; subject: string }, text: string): void {
  const raw = makeMail({ from: customer.address, to: SUPPORT_ADDRESS, subject: customer.subject, text })
  mail.deliver(raw, { from: customer.address, to: [SUPPORT_ADDRESS] })
}

function pings({ slack, lead }: Stage): string[] {
  const dm = slack.workspace.dm(lead)
  return dm ? slack.workspace.messages(dm.id).map((message) => readMessage(message)) : []
}

function seenOutside(stage: Stage) {
  const { slack, mail, desk } = stage
  const ids = mail
    .account(ANA.address)
    .list()
    .map(({ raw }) => /^Message-ID: *(.+)$/im.exec(Buffer.from(raw).toString('latin1'))?.[1] ?? '')
  const cards = slack.workspace.messages(desk)
  const cardsOf = (subject: string) => cards.filter((card) => readMessage(card).includes(subject)).length
  const entries = cards.flatMap((card) =>
    slack.workspace
      .thread(desk, card.ts)
      .slice(1)
      .map((entry) => readMessage(entry)),
  )
  return {
    distinctReplies: new Set(ids).size,
    copies: ids.length,
    cardsOfAna: cardsOf(ANA.subject),
    cardsOfBen: cardsOf(BEN.subject),
    doubledEntries: entries.length - new Set(entries).size,
    pings: pings(stage).length,
  }
}

async function seenInside(db: Db) {
  const messages = await db.selectFrom('message').select(['direction', 'subject', 'conversation_id']).execute()
  const windows = await db.selectFrom('response_window').select(['conversation_id', 'ended_as']).execute()
  const windowOf = (subject: string) => {
    const id = messages.find((message) => message.subject === subject)?.conversation_id
    const own = windows.filter((window) => window.conversation_id === id)
    return own.map((window) => window.ended_as ?? 'open').join(' ')
  }
  return {
    conversations: new Set(messages.map((message) => message.conversation_id)).size,
    inbound: messages.filter(({ direction }) => direction === 'inbound').length,
    outbound: messages.filter(({ direction }) => direction === 'outbound').length,
    anasWindow: windowOf(ANA.subject),
    bensWindow: windowOf(BEN.subject),
  }
}
