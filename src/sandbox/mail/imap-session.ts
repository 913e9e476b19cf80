// One client's IMAP session: who is logged in, which folder is open, and what the client must still be told about it.

import type { Folder } from './folder.ts'
import { refusal } from './imap-command.ts'
import { closeView, openView, takeNews, type View } from './imap-view.ts'
import type { Input, Output } from './imap-wire.ts'
import type { Mailbox } from './mailbox.ts'

export interface Session {
  readonly input: Input
  readonly output: Output
  readonly host: SessionHost
  mailbox: Mailbox | undefined
  view: View | undefined
  idling: boolean
  ended: boolean
}

/** What a session asks of the server around it. */
export interface SessionHost {
  capabilities(): string
  /** The mailbox these words open; throws a refusal otherwise. */
  login(user: string, password: string): Mailbox
  /** The same with an access token. */
  loginByToken(user: string, token: string): Mailbox
  /** Resolves at once, unless the server is told to stall. */
  ready(): Promise<void>
  pushesIdle(): boolean
  pretendsCondstore(): boolean
  /** An IDLE arrives: a fault may wait for it. */
  meetIdle(): void
  /** How many bytes of this FETCH may leave, when the server is told to die within it. */
  takeFetchCut(): number | undefined
}

export function makeSession(input: Input, output: Output, host: SessionHost): Session {
  return { input, output, host, mailbox: undefined, view: undefined, idling: false, ended: false }
}

export function mailboxOf(session: Session): Mailbox {
  if (!session.mailbox) throw refusal('BAD', 'Log in first')
  return session.mailbox
}

export function viewOf(session: Session): View {
  if (!session.view) throw refusal('BAD', 'No mailbox selected')
  return session.view
}

export function openFolder(session: Session, folder: Folder, readOnly: boolean): View {
  closeFolder(session)
  session.view = openView(
    folder,
    readOnly,
    () => pushNews(session),
    () => endWithBye(session),
  )
  return session.view
}

export function closeFolder(session: Session): void {
  if (session.view) closeView(session.view)
  session.view = undefined
}

export function tellNews(session: Session, mayExpunge: boolean): void {
  if (!session.view) return
  for (const line of takeNews(session.view, mayExpunge)) session.output.text(line)
}

/** Many changes in one go become one push: the client is told once they are all done. */
export function pushNews(session: Session): void {
  queueMicrotask(() => {
    if (!session.idling || !session.host.pushesIdle()) return
    tellNews(session, true)
    session.output.flush()
  })
}

/** What Dovecot says when its files changed under it: the client must connect again and start from what it knows. */
function endWithBye(session: Session): void {
  closeFolder(session)
  session.ended = true
  session.output.text('* BYE IMAP session state is inconsistent, please relogin.\r\n')
  session.output.end()
}
