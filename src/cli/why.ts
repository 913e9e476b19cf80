// deskbell why: for any conversation, message, window or address, why its customer counts as waiting until when.
import { systemClock } from '../clock.ts'
import type { Reader } from '../db/open.ts'
import { explainPlaces } from '../led.ts'
import { makePolicies } from '../promises.ts'
import { explainWindows } from '../why.ts'
import type { Command } from './command.ts'
import { openStoreToRead } from './store.ts'

const LIST_MAX = 20
const SUBJECT_LENGTH_MAX = 60
const USAGE_ERROR = 2

export const why: Command = async (words) => {
  const [asked] = words.filter((word, n) => !word.startsWith('--') && words[n - 1] !== '--config')
  if (asked === undefined) {
    process.stderr.write('Usage: npm run deskbell -- why CONVERSATION | MESSAGE | WINDOW | ADDRESS\n')
    return USAGE_ERROR
  }
  const { config, db } = await openStoreToRead(words)
  try {
    const found = await findConversations(db, asked)
    const [only] = found
    if (!only) {
      process.stderr.write(`${printable(asked)} is unknown here. ${WHAT_TO_GIVE}\n`)
      return 1
    }
    const windows = await explainWindows(db, makePolicies(config), only.id, systemClock().now())
    const lines = [...windows, ...(await explainPlaces(db, only.id))]
    process.stdout.write(found.length > 1 ? renderList(asked, found) : renderWhy(only, lines))
    return 0
  } finally {
    await db.close()
  }
}

const WHAT_TO_GIVE =
  "Give the id of a conversation (v_...), a message (m_...) or a window (w_...), or a customer's whole address."

export interface Found {
  id: string
  channel: string
  desk: string
  address: string
  subject: string | null
  state: string
  opened_at: number
}

/** Newest first: one more than are shown, so that it can be said that there are more. */
async function findConversations(db: Reader, asked: string): Promise<Found[]> {
  const conversations = db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'conversation.id',
      'conversation.channel',
      'conversation.desk',
      'identity.address',
      'conversation.subject',
      'conversation.state',
      'conversation.opened_at',
    ])
    .orderBy('conversation.id', 'desc')
    .limit(LIST_MAX + 1)
  const id = await findConversationId(db, asked)
  if (id !== undefined) return await conversations.where('conversation.id', '=', id).execute()
  return await conversations.where('identity.address', 'in', [asked, asked.toLowerCase()]).execute()
}

async function findConversationId(db: Reader, id: string): Promise<string | undefined> {
  const window = await db
    .selectFrom('response_window')
    .select('conversation_id')
    .where('id', '=', id)
    .executeTakeFirst()
  const message = await db.selectFrom('message').select('conversation_id').where('id', '=', id).executeTakeFirst()
  const itself = await db.selectFrom('conversation').select('id').where('id', '=', id).executeTakeFirst()
  return window?.conversation_id ?? message?.conversation_id ?? itself?.id
}

export function renderWhy({ id, channel, desk, address, subject }: Found, lines: readonly string[]): string {
  const about = subject === null ? '' : `: ${shortSubject(subject)}`
  const head = `${id}, ${printable(address)} by ${channel}, desk ${desk}${about}`
  const told = lines.map((line) => (line.startsWith('# ') ? `\n${line.slice(2)}` : `  ${line}`))
  return `${[head, ...told].join('\n')}\n`
}

export function renderList(asked: string, found: readonly Found[]): string {
  const shown = found.slice(0, LIST_MAX)
  const count = found.length > LIST_MAX ? `more than ${LIST_MAX}` : String(found.length)
  const width = Math.max(...shown.map(({ state }) => state.length))
  const rows = shown.map(({ id, opened_at, state, subject }) => {
    const opened = new Date(opened_at).toISOString().slice(0, 16).replace('T', ' ')
    return `  ${id}  ${opened} UTC  ${state.padEnd(width)}  ${shortSubject(subject ?? '')}`.trimEnd()
  })
  const head = `${printable(asked)} has ${count} conversations, newest first:`
  return `${[head, ...rows].join('\n')}\n\nAsk for one: npm run deskbell -- why ${shown[0]?.id}\n`
}

function shortSubject(subject: string): string {
  const whole = printable(subject)
  return whole.length > SUBJECT_LENGTH_MAX ? `${whole.slice(0, SUBJECT_LENGTH_MAX - 1)}…` : whole
}

/** A customer's words could hold what moves the cursor or turns the line around. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
}
