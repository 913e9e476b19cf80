// "Snooze ping": somebody has seen it, and the next step waits for its own time. The customer's window runs on.
import type { Reader } from '../db/open.ts'
import { acknowledge } from '../ping.ts'
import { findWindow } from '../window-record.ts'
import { admitTo } from './admission.ts'
import type { Click } from './interaction.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

/** Resolves to what the person is to hear; undefined when the ping itself says it. */
export async function acknowledgePing(tools: DeskTools, { who, value: windowId }: Click): Promise<Whisper | undefined> {
  const window = await findWindow(tools.db, windowId)
  if (!window) return { text: 'Nobody waits here any more: the message was moved, or needs no answer after all.' }
  const admission = await admitTo(tools, who, 'acknowledge', window.conversation_id)
  if (admission.kind === 'refused') return { text: admission.text }
  const isFirst = await tools.db.transaction((trx) => acknowledge(trx, window, admission.agent.id))
  if (isFirst) return undefined
  const by = await findAcknowledger(tools.db, windowId)
  return { text: by === undefined ? 'There is no ping to snooze here yet.' : wordsFor(by, who.id) }
}

async function findAcknowledger(db: Reader, windowId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('ping')
    .select('acknowledged_by')
    .where('window_id', '=', windowId)
    .where('acknowledged_by', 'is not', null)
    .orderBy('acknowledged_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.acknowledged_by ?? undefined
}

function wordsFor(by: string, reader: string): string {
  return by === reader
    ? 'You have snoozed this ping already. The next reminder comes at its own time.'
    : `<@${by}> has snoozed this ping already. The next reminder comes at its own time.`
}
