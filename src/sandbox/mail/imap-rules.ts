// The commands this server knows: when each may be given and what it does. What is not here is not advertised.

import { flagsInUse } from './folder.ts'
import { type Command, refusal, textOf, utf8Of } from './imap-command.ts'
import { fetch } from './imap-fetch.ts'
import {
  createFolder,
  DELIMITER,
  deleteFolder,
  getFolder,
  listFolders,
  renameFolder,
  statusLine,
} from './imap-folders.ts'
import { append, copy, expunge, move, store } from './imap-messages.ts'
import { search } from './imap-search.ts'
import { closeFolder, mailboxOf, openFolder, pushNews, type Session, viewOf } from './imap-session.ts'
import type { Mailbox } from './mailbox.ts'

export interface Rule {
  needs: 'nothing' | 'login' | 'folder'
  /** Returns the text of the tagged OK; throws a refusal for NO and BAD. */
  run(session: Session, command: Command): string | Promise<string>
}

export const CAPABILITIES =
  'IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE NAMESPACE CHILDREN SPECIAL-USE UIDPLUS UNSELECT MOVE AUTH=PLAIN'

export const RULES: Record<string, Rule> = {
  CAPABILITY: always((session) =>
    tell(session, `* CAPABILITY ${session.host.capabilities()}`, 'Capability completed.'),
  ),
  ID: always((session) => tell(session, '* ID ("name" "Sandbox mail")', 'ID completed.')),
  NOOP: always(() => 'NOOP completed.'),
  LOGIN: always((session, { args }) => {
    return login(session, () => session.host.login(utf8Of(args[0], 'user'), utf8Of(args[1], 'password')))
  }),
  AUTHENTICATE: always(authenticate),
  LOGOUT: always((session) => {
    session.ended = true
    closeFolder(session)
    return tell(session, '* BYE Logging out', 'Logout completed.')
  }),

  // No extension here needs switching on, so none is reported as enabled; but for one that is only pretended.
  ENABLE: loggedIn((session) => {
    return tell(session, session.host.pretendsCondstore() ? '* ENABLED CONDSTORE QRESYNC' : '* ENABLED', 'Enabled.')
  }),
  NAMESPACE: loggedIn((session) => tell(session, `* NAMESPACE (("" "${DELIMITER}")) NIL NIL`, 'Namespace completed.')),
  LIST: loggedIn((session, { args }) => {
    return tell(session, listFolders(mailboxOf(session), 'LIST', args), 'List completed.')
  }),
  LSUB: loggedIn((session, { args }) => {
    return tell(session, listFolders(mailboxOf(session), 'LSUB', args), 'Lsub completed.')
  }),
  STATUS: loggedIn((session, { args }) => tell(session, statusLine(mailboxOf(session), args), 'Status completed.')),
  SELECT: loggedIn((session, command) => select(session, command, false)),
  EXAMINE: loggedIn((session, command) => select(session, command, true)),
  CREATE: loggedIn((session, { args }) => {
    createFolder(mailboxOf(session), textOf(args[0], 'mailbox'))
    return 'Create completed.'
  }),
  DELETE: loggedIn((session, { args }) => {
    deleteFolder(mailboxOf(session), textOf(args[0], 'mailbox'))
    return 'Delete completed.'
  }),
  RENAME: loggedIn((session, { args }) => {
    renameFolder(mailboxOf(session), textOf(args[0], 'mailbox'), textOf(args[1], 'new name'))
    return 'Rename completed.'
  }),
  SUBSCRIBE: loggedIn((session, { args }) => {
    mailboxOf(session).subscriptions.add(getFolder(mailboxOf(session), textOf(args[0], 'mailbox')).name)
    return 'Subscribe completed.'
  }),
  UNSUBSCRIBE: loggedIn((session, { args }) => {
    mailboxOf(session).subscriptions.delete(textOf(args[0], 'mailbox'))
    return 'Unsubscribe completed.'
  }),
  APPEND: loggedIn((session, { args }) => append(mailboxOf(session), args)),
  IDLE: loggedIn(idle),

  CHECK: selected(() => 'Check completed.'),
  UNSELECT: selected((session) => {
    closeFolder(session)
    return 'Unselect completed.'
  }),
  CLOSE: selected((session) => {
    if (!viewOf(session).readOnly) expunge(viewOf(session))
    closeFolder(session)
    return 'Close completed.'
  }),
  EXPUNGE: selected((session) => expunge(viewOf(session))),
  'UID EXPUNGE': selected((session, { args }) => expunge(viewOf(session), textOf(args[0], 'uid set'))),
  ...forNumbersAndUids('FETCH', (session, command, byUid) => {
    const cut = session.host.takeFetchCut()
    if (cut !== undefined) session.output.cutAfter(cut)
    return fetch(viewOf(session), command, byUid, session.output)
  }),
  ...forNumbersAndUids('SEARCH', (session, command, byUid) => {
    return tell(session, `* SEARCH${search(viewOf(session), command, byUid)}`, 'Search completed.')
  }),
  ...forNumbersAndUids('STORE', (session, { args }, byUid) => {
    return store(viewOf(session), args, byUid, session.output.text)
  }),
  ...forNumbersAndUids('COPY', (session, { args }, byUid) => {
    return copy(mailboxOf(session), viewOf(session), args, byUid)
  }),
  ...forNumbersAndUids('MOVE', (session, { args }, byUid) => {
    return move(mailboxOf(session), viewOf(session), args, byUid, session.output.text)
  }),
}

function always(run: Rule['run']): Rule {
  return { needs: 'nothing', run }
}

function loggedIn(run: Rule['run']): Rule {
  return { needs: 'login', run }
}

function selected(run: Rule['run']): Rule {
  return { needs: 'folder', run }
}

function forNumbersAndUids(
  name: string,
  run: (session: Session, command: Command, byUid: boolean) => string | Promise<string>,
): Record<string, Rule> {
  return {
    [name]: selected((session, command) => run(session, command, false)),
    [`UID ${name}`]: selected((session, command) => run(session, command, true)),
  }
}

function tell(session: Session, lines: string | string[], text: string): string {
  for (const line of [lines].flat()) session.output.text(`${line}\r\n`)
  return text
}

function login(session: Session, open: () => Mailbox): string {
  if (session.mailbox) throw refusal('BAD', 'Already logged in')
  session.mailbox = open()
  return `[CAPABILITY ${session.host.capabilities()}] Logged in`
}

/** SASL PLAIN or XOAUTH2, with or without the initial response (RFC 4959). */
async function authenticate(session: Session, { args }: Command): Promise<string> {
  const mechanism = textOf(args[0], 'mechanism').toUpperCase()
  if (!session.host.capabilities().split(' ').includes(`AUTH=${mechanism}`)) {
    throw refusal('NO', '[CANNOT] Unsupported authentication mechanism; use PLAIN')
  }
  const response = args[1] ? textOf(args[1], 'response') : await ask(session, '')
  if (response === undefined || response === '*') throw refusal('BAD', 'Authentication cancelled')
  const words = Buffer.from(response, 'base64').toString('utf8')
  if (mechanism === 'XOAUTH2') return await authenticateByToken(session, words)
  const [, user = '', password = ''] = words.split('\0')
  return login(session, () => session.host.login(user, password))
}

/** A refusal is explained first, and said once the client has heard that (developers.google.com, IMAP and SASL XOAUTH2). */
async function authenticateByToken(session: Session, words: string): Promise<string> {
  const field = (name: string) =>
    words
      .split('\x01')
      .find((each) => each.startsWith(name))
      ?.slice(name.length) ?? ''
  const [user, token] = [field('user='), field('auth=Bearer ')]
  try {
    return login(session, () => session.host.loginByToken(user, token))
  } catch (error) {
    await ask(session, Buffer.from('{"status":"400","schemes":"Bearer","scope":"mail"}').toString('base64'))
    throw error
  }
}

async function ask(session: Session, text: string): Promise<string | undefined> {
  session.output.text(`+ ${text}\r\n`)
  session.output.flush()
  return (await session.input.line())?.toString('latin1')
}

function select(session: Session, { args }: Command, readOnly: boolean): string {
  closeFolder(session) // A failed SELECT leaves nothing selected (RFC 3501 section 6.3.1).
  const folder = getFolder(mailboxOf(session), textOf(args[0], 'mailbox'), '[NONEXISTENT] ')
  const { mails } = openFolder(session, folder, readOnly)
  const flags = flagsInUse(folder).join(' ')
  const unseen = mails.findIndex((mail) => !mail.flags.has('\\Seen'))
  const lines = [
    `* FLAGS (${flags})`,
    `* OK [PERMANENTFLAGS (${readOnly ? '' : `${flags} \\*`})] Flags permitted.`,
    `* ${mails.length} EXISTS`,
    // No client ever learns which mails are new to the whole world, so none is called so.
    '* 0 RECENT',
    ...(unseen < 0 ? [] : [`* OK [UNSEEN ${unseen + 1}] First unseen.`]),
    `* OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid`,
    `* OK [UIDNEXT ${folder.uidNext}] Predicted next UID`,
  ]
  return tell(session, lines, readOnly ? '[READ-ONLY] Examine completed.' : '[READ-WRITE] Select completed.')
}

async function idle(session: Session): Promise<string> {
  session.host.meetIdle()
  session.output.text('+ idling\r\n')
  session.output.flush()
  session.idling = true
  pushNews(session)
  const line = await session.input.line()
  session.idling = false
  await session.host.ready()
  if (line && line.toString('latin1').toUpperCase() !== 'DONE') throw refusal('BAD', 'Expected DONE.')
  return 'Idle completed.'
}
