// The commands that change mails: APPEND, STORE, COPY, MOVE and EXPUNGE (RFC 3501, RFC 4315 for the uids they report, RFC 6851).

import { type Folder, type Mail, removeMails, writeFlags } from './folder.ts'
import { listOf, refusal, type Token, textOf } from './imap-command.ts'
import { parseDateTime } from './imap-date.ts'
import { getFolder } from './imap-folders.ts'
import { flagsLine, parseSet, pick, type View } from './imap-view.ts'
import type { Mailbox } from './mailbox.ts'

const FLAG = /^\\?[^\s(){%*"\\\]]+$/

/** Each returns the text of the tagged OK. */
export function append(mailbox: Mailbox, args: Token[]): string {
  const folder = getFolder(mailbox, textOf(args[0], 'mailbox'), '[TRYCREATE] ')
  const rest = args.slice(1)
  const flags = rest[0]?.kind === 'list' ? readFlags(rest.shift()) : []
  const raw = rest.pop()
  if (raw?.kind !== 'string' || rest.length > 1) throw refusal('BAD', 'Write: APPEND mailbox (flags) "date" {literal}')
  const internalDate = rest[0] ? parseDateTime(textOf(rest[0], 'date')) : undefined
  if (rest[0] && internalDate === undefined) throw refusal('BAD', 'Invalid internal date')
  const mail = mailbox.store(folder, { raw: raw.bytes, internalDate, flags })
  return `[APPENDUID ${folder.uidValidity} ${mail.uid}] Append completed.`
}

/** Writes one FETCH line per changed mail to `tell`, unless the client asked for silence. */
export function store(view: View, args: Token[], byUid: boolean, tell: (line: string) => void): string {
  requireWritable(view)
  const mode = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1], 'FLAGS'))
  if (!mode) throw refusal('BAD', 'Write FLAGS, +FLAGS or -FLAGS')
  const flags = args[2]?.kind === 'list' ? readFlags(args[2]) : args.slice(2).map(readFlag)
  const picked = pick(view, textOf(args[0], 'sequence set'), byUid).filter(({ mail }) => !mail.expunged)
  for (const each of picked) {
    writeFlags(view.folder, each.mail, combine(each.mail, mode[1], flags), view.watcher)
    if (!mode[2]) tell(flagsLine(each, byUid))
  }
  return 'Store completed.'
}

export function copy(mailbox: Mailbox, view: View, args: Token[], byUid: boolean): string {
  const copied = copyMails(mailbox, view, args, byUid)
  return `${copied.code} Copy completed.`.trim()
}

export function move(
  mailbox: Mailbox,
  view: View,
  args: Token[],
  byUid: boolean,
  tell: (line: string) => void,
): string {
  requireWritable(view)
  const { code, mails } = copyMails(mailbox, view, args, byUid)
  if (code) tell(`* OK ${code} Moved UIDs.\r\n`)
  removeMails(view.folder, mails)
  return 'Move completed.'
}

/** With a set, only what the set names: UID EXPUNGE. */
export function expunge(view: View, set?: string): string {
  requireWritable(view)
  const candidates = set === undefined ? view.folder.mails : pick(view, set, true).map(({ mail }) => mail)
  removeMails(
    view.folder,
    candidates.filter((mail) => mail.flags.has('\\Deleted')),
  )
  return 'Expunge completed.'
}

function copyMails(mailbox: Mailbox, view: View, args: Token[], byUid: boolean): { code: string; mails: Mail[] } {
  const set = textOf(args[0], 'sequence set')
  const target = getFolder(mailbox, textOf(args[1], 'mailbox'), '[TRYCREATE] ')
  parseSet(set, 1)
  const mails = pick(view, set, byUid).flatMap(({ mail }) => (mail.expunged ? [] : [mail]))
  const sources = mails.map((mail) => mail.uid)
  const copies = mails.map((mail) => mailbox.store(target, mail).uid)
  return { code: copies.length > 0 ? copyUid(target, sources, copies) : '', mails }
}

function copyUid(target: Folder, sources: number[], copies: number[]): string {
  return `[COPYUID ${target.uidValidity} ${sources.join(',')} ${copies.join(',')}]`
}

function combine(mail: Mail, sign: string | undefined, flags: string[]): string[] {
  if (sign === '+') return [...mail.flags, ...flags]
  if (sign !== '-') return flags
  const dropped = new Set(flags.map((flag) => flag.toLowerCase()))
  return [...mail.flags].filter((flag) => !dropped.has(flag.toLowerCase()))
}

function readFlags(token: Token | undefined): string[] {
  return listOf(token, 'flags').map(readFlag)
}

function readFlag(token: Token): string {
  const flag = textOf(token, 'flag')
  if (!FLAG.test(flag)) throw refusal('BAD', 'Unreadable flag')
  return flag
}

function requireWritable(view: View): void {
  if (view.readOnly) throw refusal('NO', '[READ-ONLY] Mailbox is open read-only.')
}
