// What the outbox does at the desk: cards, the entries in their threads, and pings to whoever can act.
import type { Log } from '../log.ts'
import type { Handler } from '../outbox-attempt.ts'
import { allotHandler, allottedHandler } from './allot-post.ts'
import { cardLeftHandler } from './card-left.ts'
import { cardHandler } from './card-post.ts'
import { type DigestOptions, digestHandler } from './digest-post.ts'
import { editedHandler } from './edited-post.ts'
import type { DeskEffect } from './effects.ts'
import { entryHandler } from './entry-post.ts'
import { type FilePosting, fileHandler } from './file-post.ts'
import { followUpCallHandler, followUpPingHandler, followUpUpdateHandler } from './follow-up-post.ts'
import { homeHandler } from './home.ts'
import { lateArrivalHandler } from './late-arrival.ts'
import { movedCardHandler } from './moved-card.ts'
import { noteChangedHandler } from './note-changed-post.ts'
import { overloadHandler } from './overload-post.ts'
import { type PageOptions, pageHandler } from './page-post.ts'
import { pingUpdateHandler } from './ping-update.ts'
import { returnedHandler } from './returned-post.ts'
import { scheduledReplyHandler, scheduledStoppedHandler } from './scheduled-post.ts'
import { sequelSkippedHandler } from './sequel.ts'
import { type TellOptions, tellHandler } from './tell-post.ts'
import { getDesk } from './tools.ts'
import { whisperHandler } from './whisper-post.ts'

export type HandlerOptions = Omit<FilePosting, 'channelOfDesk'> &
  TellOptions &
  Omit<PageOptions, 'db'> &
  Omit<DigestOptions, 'db'> & { log: Log }

export function deskHandlers(options: HandlerOptions): Record<DeskEffect, Handler> {
  const { desks } = options
  const channelOfDesk = (name: string) => getDesk({ desks }, name).channel
  const posting = { ...options, channelOfDesk }
  return {
    card: cardHandler(posting),
    'card-left': cardLeftHandler(posting),
    'moved-card': movedCardHandler(posting),
    allot: allotHandler(posting),
    allotted: allottedHandler(posting),
    entry: entryHandler(posting),
    file: fileHandler(posting),
    returned: returnedHandler(posting),
    edited: editedHandler(posting),
    'note-changed': noteChangedHandler(posting),
    'sequel-skipped': sequelSkippedHandler(posting),
    'scheduled-reply': scheduledReplyHandler(posting),
    'scheduled-stopped': scheduledStoppedHandler(posting),
    page: pageHandler(options),
    tell: tellHandler(options),
    'ping-update': pingUpdateHandler(options),
    digest: digestHandler(options),
    home: homeHandler(options),
    whisper: whisperHandler(posting),
    'follow-up-call': followUpCallHandler(posting),
    'follow-up-ping': followUpPingHandler(posting),
    'follow-up-update': followUpUpdateHandler(posting),
    'late-arrival': lateArrivalHandler(posting),
    overload: overloadHandler(posting),
  }
}
