// Slack with its real limits and twenty mailboxes, the flood that comes in by them, and what people see of it meanwhile.
import { DatabaseSync } from 'node:sqlite'
import { MINUTE, SECOND, systemClock } from '../../src/clock.ts'
import { MANIFEST } from '../../src/desk/manifest.ts'
import { makeMail } from '../../src/sandbox/mail/letter.ts'
import { startMail } from '../../src/sandbox/mail/mail-server.ts'
import { readBlocks, readMessage } from '../../src/sandbox/slack/read.ts'
import { startSlack } from '../../src/sandbox/slack/server.ts'
import { asChild } from './child.ts'
import type { Flood } from './flood.ts'

const { input, say } = asChild<Flood & { desks: number; databasePath: string }>()
const clock = systemClock()
const DRAIN_MS = 45 * MINUTE
/** The last desk gets so little that Slack takes all of it at once. */
const QUIET_EVERY_MS = 5 * SECOND
const CLICK_EVERY_MS = 2 * SECOND
const PATIENCE_MS = 20 * SECOND

const keys = Array.from({ length: input.desks }, (_, n) => `desk${n}`)
const addressOf = (key: string) => `${key}@example.com`
const mail = await startMail({ accounts: keys.map(addressOf) })
const scopes = MANIFEST.oauth_config.scopes.bot
const slack = await startSlack({ scopes, events: MANIFEST.settings.event_subscriptions.bot_events })
const maya = slack.addUser({ name: 'maya', realName: 'Maya Lindt' }).id
const members = [slack.app.botUserId, maya]
const channels = keys.map((key) => slack.addChannel({ name: key, isPrivate: true, members }).id)
say({ kind: 'open', settings: settings() })

function settings() {
  const server = { ...mail.imap, tls: 'none' }
  const yaml = {
    slack: { api_url: slack.url },
    database: { path: input.databasePath },
    ladders: { short: [{ at: 'due', to: 'leads', acknowledge: 'never' }] },
    desks: Object.fromEntries(
      keys.map((key, n) => [key, { channel: channels[n], leads: [maya], ladder: 'short', digest: false }]),
    ),
    email: Object.fromEntries(
      keys.map((key) => [
        key,
        { address: addressOf(key), desk: key, since: 'all', imap: server, smtp: { ...mail.smtp, tls: 'none' } },
      ]),
    ),
  }
  const passwords = keys.map((key) => [`DESKBELL_EMAIL_${key.toUpperCase()}_PASSWORD`, mail.password])
  const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, ...Object.fromEntries(passwords) }
  return { yaml: { path: 'deskbell.yaml', text: JSON.stringify(yaml) }, env }
}

const isUp = () => slack.sockets.open().length > 0 && mail.sessions().length >= keys.length
await slack.waitFor(isUp, 'the program to connect to Slack and to every mailbox', 5 * MINUTE)
slack.openHome(maya)
await slack.waitFor(() => slack.home(maya) !== undefined, 'the home tab', MINUTE)

const store = new DatabaseSync(input.databasePath, { readOnly: true })
const number = (text: string) => Number(store.prepare(text).get()?.n)
const arrivals = new Map<string, number>()
const shownAfterMs: number[] = []
const clicksMs: number[] = []
let sent = 0
let isFlooding = true

function arrive(key: string, customer: string, subject: string): void {
  const text = `Where is it? I ask for the ${sent}th time.`
  const raw = makeMail({ from: `${customer} <${customer}@example.org>`, to: addressOf(key), subject, text })
  mail.account(addressOf(key)).append(raw)
  sent += 1
}

async function floodTheBusy(): Promise<void> {
  const busy = keys.slice(0, -1)
  const startedAt = clock.monotonic()
  const due = () => Math.floor(((clock.monotonic() - startedAt) / SECOND) * input.perSecond)
  const total = input.seconds * input.perSecond
  for (let n = 0; n < total; ) {
    for (; n < Math.min(due(), total); n++) {
      const who = n % input.customers
      arrive(busy[who % busy.length] ?? '', `customer${who}`, `Parcel ${who}`)
    }
    await clock.wait(20)
  }
  isFlooding = false
}

/** Whoever writes to a quiet desk is seen soon, whatever goes on at the others. */
async function writeToTheQuiet(): Promise<void> {
  const channel = channels.at(-1) ?? ''
  for (let n = 0; isFlooding; n++) {
    const subject = `Quiet question ${n}.`
    arrivals.set(subject, clock.monotonic())
    arrive(keys.at(-1) ?? '', `quiet${n}`, subject)
    const isThere = () => slack.workspace.messages(channel).some((message) => readMessage(message).includes(subject))
    const seen = slack.waitFor(isThere, subject, 2 * MINUTE).catch(() => undefined)
    void seen.then(() => shownAfterMs.push(clock.monotonic() - (arrivals.get(subject) ?? 0)))
    await clock.wait(QUIET_EVERY_MS)
  }
}

/** Somebody answers meanwhile. */
async function openComposers(): Promise<void> {
  for (let n = 0; isFlooding; n++) {
    await clock.wait(CLICK_EVERY_MS)
    const channel = channels[n % channels.length] ?? ''
    const card = slack.workspace.messages(channel).findLast(({ blocks }) => JSON.stringify(blocks).includes('"reply"'))
    if (!card) continue
    const startedAt = clock.monotonic()
    await slack.click(maya, { channel, ts: card.ts, actionId: 'reply' })
    // One that never opens counts as long as anybody would wait.
    await slack.waitFor(() => slack.modal(maya) !== undefined, 'the composer', PATIENCE_MS).catch(() => undefined)
    clicksMs.push(clock.monotonic() - startedAt)
    const front = slack.modal(maya)
    if (front) await slack.close(maya, front.id, { all: true })
  }
}

/** Beside what was there before. */
const FLOODED = "direction = 'inbound' and external_id not like 'in/%'"
const startedAt = clock.monotonic()
await Promise.all([floodTheBusy(), writeToTheQuiet(), openComposers()])

const messages = () => number(`select count(*) as n from message where ${FLOODED}`)
while (messages() < sent && clock.monotonic() - startedAt < DRAIN_MS) await clock.wait(100)
const storedSeconds = (clock.monotonic() - startedAt) / SECOND - input.seconds
const stored = messages()

const waiting = () => number('select count(*) as n from response_window where ended_at is null')
const figure = () => Number(/(\d+)\s*waiting/.exec(readBlocks(slack.home(maya)?.blocks ?? []))?.[1])
const homeSince = clock.monotonic()
while (figure() !== waiting() && clock.monotonic() - homeSince < MINUTE) await clock.wait(100)
const homeSeconds = (clock.monotonic() - homeSince) / SECOND

const owed = () =>
  number(
    "select count(*) as n from outbox where state in ('queued', 'sending', 'uncertain') and rate_key like 'desk:%'",
  )
const overloads = () =>
  channels.filter((id) => slack.workspace.messages(id).some((said) => /shown here/.test(readMessage(said)))).length
let crowdedDesks = overloads()
while (owed() > 0 && clock.monotonic() - startedAt < DRAIN_MS) {
  crowdedDesks = Math.max(crowdedDesks, overloads())
  await clock.wait(SECOND)
}
const drainedSeconds = (clock.monotonic() - startedAt) / SECOND

/** What a card says of how much there is, beside how much there is. */
function countStale(): number {
  const rows = store
    .prepare(
      `select card_channel, card_ts, (select count(*) from message where conversation_id = conversation.id) as messages
      from conversation where id in (select conversation_id from message where ${FLOODED})`,
    )
    .all() as { card_channel: string | null; card_ts: string | null; messages: number }[]
  return rows.filter(({ card_channel, card_ts, messages }) => {
    const card = slack.workspace.message(card_channel ?? '', card_ts ?? '')
    const says = messages === 1 ? '1 message' : `${messages} messages`
    if (card && readMessage(card).includes(says)) return false
    process.stderr.write(`stale: ${says}, and the card: ${card && readMessage(card)}\n`)
    return true
  }).length
}

const countUnsettled = () =>
  channels.filter((id) => slack.workspace.messages(id).some((said) => /to be shown here/.test(readMessage(said))))
    .length
const settlingSince = clock.monotonic()
while (countUnsettled() > 0 && clock.monotonic() - settlingSince < 2 * MINUTE) await clock.wait(100)
function mostInAMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length))
}

const refused = (method: string) => slack.calls(method).filter(({ outcome }) => outcome === 'ratelimited').length
const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? Number.NaN
const figures = {
  floodSent: sent,
  floodLost: sent - stored,
  floodStoredLateSeconds: storedSeconds,
  floodQuietShownMsP95: quantile(shownAfterMs, 0.95),
  floodQuietShown: shownAfterMs.length,
  floodModalMsP95: quantile(clicksMs, 0.95),
  floodModalMsMax: Math.max(...clicksMs),
  floodHomeMissing: waiting() - figure(),
  floodHomeSeconds: homeSeconds,
  floodOverloadedDesks: crowdedDesks,
  floodOverloadUnsettled: countUnsettled(),
  floodDrainedSeconds: drainedSeconds,
  floodOwed: owed(),
  floodStaleCards: countStale(),
  floodPostsRefused: refused('chat.postMessage'),
  floodUpdatesRefused: refused('chat.update'),
  floodUpdates: slack.calls('chat.update').length,
  floodPostsPerMinuteMax: mostInAMinute(slack.calls('chat.postMessage').map(({ at }) => at)),
}
say({ kind: 'measured', figures })
process.once('SIGTERM', () => void Promise.all([slack.stop(), mail.stop()]).then(() => process.exit(0)))
