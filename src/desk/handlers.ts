// What the outbox does at the desk: cards, the entries in their threads, and pings to whoever can act.
import type { Handler } from '../outbox-attempt.ts'
import { cardHandler } from './card-post.ts'
import { type DigestOptions, digestHandler } from './digest-post.ts'
import { editedHandler } from './edited-post.ts'
import { entryHandler } from './entry-post.ts'
import { type FilePosting, fileHandler } from './file-post.ts'
import { homeHandler } from './home.ts'
import { noteChangedHandler } from './note-changed-post.ts'
import { overloadHandler } from './overload-post.ts'
import { type PageOptions, pageHandler } from './page-post.ts'
import { pingUpdateHandler } from './ping-update.ts'
import { returnedHandler } from './returned-post.ts'
import { type TellOptions, tellHandler } from './tell-post.ts'
import { getDesk } from './tools.ts'

export type HandlerOptions = Omit<FilePosting, 'channelOfDesk'> &
  TellOptions &
  Omit<PageOptions, 'db'> &
  Omit<DigestOptions, 'db'>

export const DESK_EFFECTS = [
  'card',
  'entry',
  'file',
  'returned',
  'edited',
  'note-changed',
  'page',
  'tell',
  'ping-update',
  'digest',
  'home',
  'overload',
] as const

export function deskHandlers(options: HandlerOptions): Record<(typeof DESK_EFFECTS)[number], Handler> {
  const { desks } = options
  const channelOfDesk = (name: string) => getDesk({ desks }, name).channel
  const posting = { ...options, channelOfDesk }
  return {
    card: cardHandler(posting),
    entry: entryHandler(posting),
    file: fileHandler(posting),
    returned: returnedHandler(posting),
    edited: editedHandler(posting),
    'note-changed': noteChangedHandler(posting),
    page: pageHandler(options),
    tell: tellHandler(options),
    'ping-update': pingUpdateHandler(options),
    digest: digestHandler(options),
    home: homeHandler(options),
    overload: overloadHandler(posting),
  }
}
