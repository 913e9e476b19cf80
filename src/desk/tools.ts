// What every action at the desk works with.
import type { WebClient } from '@slack/web-api'
import type { Channel } from '../channel.ts'
import type { Clock } from '../clock.ts'
import type { Db } from '../db/open.ts'
import type { SearchReader } from '../db/search-thread.ts'
import type { NewId } from '../id.ts'
import type { Log } from '../log.ts'
import type { Policies } from '../policy.ts'
import type { QueueRow } from '../queue.ts'
import type { RecipientChoices } from '../recipients.ts'
import type { Letter } from '../template/letter.ts'
import type { LetterStore } from '../template/letter-store.ts'
import type { Advisor } from './advisor.ts'
import type { DeskChannels } from './desk-channels.ts'

export interface Desk {
  /** As `conversation.desk` has it. */
  name: string
  /** What people read, where it differs. */
  title?: string
  /** Under the id that Slack has for it now. */
  channel: string
  undoMs: number
  leads: readonly string[]
  /** Who is pinged in place of an absent owner. */
  backup: readonly string[]
  /** `round-robin`: what nobody has goes to whoever is next, up to `cap` waiting ones each. */
  assign?: 'off' | 'round-robin'
  cap?: number
  /** `until`: the end of the quiet hours that this instant is in. */
  quiet?: { until(at: number): number | undefined; exceptTiers: readonly string[] }
}

/** A customer who waits. */
export type Waiting = Pick<
  QueueRow,
  'conversationId' | 'contactName' | 'address' | 'channelKind' | 'subject' | 'dueAt' | 'ownerId'
> &
  Partial<Pick<QueueRow, 'cardChannel' | 'cardTs'>>

export type LetterShelf = Pick<
  LetterStore,
  'retired' | 'broken' | 'asChosen' | 'textOf' | 'check' | 'shared' | 'write' | 'look'
>

export interface DeskTools {
  db: Db
  clock: Clock
  log: Log
  newId: NewId
  desks: readonly Desk[]
  /** What has become of their channels. */
  channels?: DeskChannels
  /** For what an agent is waiting for; never behind a rate limit of the board. */
  ui: WebClient
  read: WebClient
  self: { teamId: string; enterpriseId?: string; botUserId: string; scopes?: readonly string[] }
  /** Throws when the channel is not configured any more. */
  channelOf(name: string): Channel
  /** The names of a desk's channels; without it, those that were written on. */
  channelsAt?(desk: string): readonly string[]
  policies: Policies
  letters(): readonly Letter[]
  /** For customers whose language we do not know, and for lists. */
  language: string
  /** Where they are looked up, checked and written. */
  shelf: LetterShelf
  /** Who may change a letter that somebody else wrote. */
  letterEditors: 'agents' | 'leads'
  /** Which of them fit. */
  advisor: Advisor
  /** Whether a desk is open at this moment; without it, always. */
  isOpen?(desk: string): boolean
  /** Who a reply to a conversation goes to, and who may get a copy. */
  recipients(conversationId: string): Promise<RecipientChoices>
  /** How each window of a conversation came about, in plain lines; one that begins with `# ` heads a window. */
  explain(conversationId: string): Promise<readonly string[]>
  /** Who waits at a desk, soonest due first. */
  queue(desk: string): Promise<readonly Waiting[]>
  /** For what may take long and only reads. */
  searching: SearchReader
  /** What is not committed by then gets a view in between. */
  saveWithinMs: number
}

/** Throws for a desk that is not configured any more. */
export function getDesk(tools: Pick<DeskTools, 'desks'>, name: string): Desk {
  const desk = tools.desks.find((candidate) => candidate.name === name)
  if (!desk) throw new Error(`no desk is called ${name} any more; put it back into the configuration`)
  return desk
}

/** What a desk that is not configured any more still owes its customers falls to the first that is. */
export function deskOrFirst(desks: readonly Desk[], name: string): Desk | undefined {
  return desks.find((desk) => desk.name === name) ?? desks[0]
}

export function deskTitle({ name, title }: Desk): string {
  return title ?? name
}
