// A hand-over as the thread shows it: the new owner is called there, with what was asked, tried and promised.
import type { KnownBlock } from '@slack/types'
import type { Reader } from '../db/open.ts'
import { listFacts } from '../fact.ts'
import type { Message } from '../message.ts'
import { OWN_NOTE } from '../own-note.ts'
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { type Inline, instant, paragraph, word } from './words.ts'

export interface SaidInHandOver {
  kind: 'hand-over'
  by: string
  /** Undefined for a lead who is no agent: Slack knows theirs. */
  name: string | undefined
  from: string | undefined
  to: string
  text: string
}

/** Undefined for a note that somebody typed in the thread: it stands there already. */
export async function readHandOver(db: Reader, message: Message): Promise<SaidInHandOver | undefined> {
  if (!message.external_id.startsWith(OWN_NOTE)) return undefined
  const facts = await listFacts(db, message.conversation_id, ['conversation-assigned'])
  const fact = facts.find(({ messageId }) => messageId === message.id)
  if (fact?.kind !== 'conversation-assigned') return undefined
  const { from, to } = fact.data
  const agent = await db.selectFrom('agent').select('name').where('id', '=', message.author).limit(1).executeTakeFirst()
  return { kind: 'hand-over', by: message.author, name: agent?.name, from, to, text: message.text }
}

export function handOverHeader({ by, name, from, to }: SaidInHandOver, at: number): KnownBlock {
  const who: Inline = name === undefined ? { type: 'user', user_id: by } : word(oneLine(name), { bold: true })
  const deed: Inline[] =
    by === to
      ? [word(' took this over')]
      : [word(from === undefined ? ' gave this to ' : ' handed this over to '), { type: 'user', user_id: to }]
  return paragraph([who, ...deed, word(' · '), instant(at)])
}

export function handOverText({ by, name, to }: SaidInHandOver): string {
  const who = name === undefined ? `<@${by}>` : escapeMrkdwn(oneLine(name))
  return by === to ? `${who} took this over` : `${who} gave this conversation to <@${to}>`
}
