// A view is what one connection believes about the folder it opened: RFC 3501 lets its numbers change only when it is told.

import { type Folder, isReadable, lowerBound, type Mail, type Watcher } from './folder.ts'
import { refusal } from './imap-command.ts'

export interface View {
  readonly folder: Folder
  readonly readOnly: boolean
  /** By sequence number, less one; may still hold mails whose removal was not announced. */
  readonly mails: Mail[]
  readonly watcher: Watcher
  readonly news: { added: Mail[]; expunged: Mail[]; flagged: Set<Mail> }
}

export interface Picked {
  seq: number
  mail: Mail
}

/** `onNews` is told of every change, `onGone` when the folder is no longer what was opened. */
export function openView(folder: Folder, readOnly: boolean, onNews: () => void, onGone: () => void): View {
  const news: View['news'] = { added: [], expunged: [], flagged: new Set() }
  const watcher: Watcher = {
    added: (mail) => {
      news.added.push(mail)
      onNews()
    },
    expunged: (mail) => {
      news.expunged.push(mail)
      onNews()
    },
    flagged: (mail) => {
      news.flagged.add(mail)
      onNews()
    },
    gone: onGone,
  }
  folder.watchers.add(watcher)
  return { folder, readOnly, mails: [...folder.mails], watcher, news }
}

export function closeView(view: View): void {
  view.folder.watchers.delete(view.watcher)
}

/** The untagged lines that bring the client up to date. EXPUNGE may not be told during FETCH, STORE and SEARCH (section 7.4.1). */
export function takeNews(view: View, mayExpunge: boolean): string[] {
  const lines: string[] = []
  const { news, mails } = view
  if (mayExpunge) {
    for (const mail of news.expunged.splice(0)) {
      const index = indexOf(view, mail)
      if (index < 0) continue // It came and went between two answers: the client never counted it.
      mails.splice(index, 1)
      lines.push(`* ${index + 1} EXPUNGE\r\n`)
    }
  }
  const added = news.added.splice(0).filter((mail) => !mail.expunged)
  if (added.length > 0) {
    for (const mail of added) mails.push(mail)
    lines.push(`* ${mails.length} EXISTS\r\n`)
  }
  for (const mail of news.flagged) {
    const index = indexOf(view, mail)
    if (index >= 0 && isReadable(view.folder, mail)) lines.push(flagsLine({ seq: index + 1, mail }, true))
  }
  news.flagged.clear()
  return lines
}

export function flagsLine({ seq, mail }: Picked, withUid: boolean): string {
  return `* ${seq} FETCH (${withUid ? `UID ${mail.uid} ` : ''}FLAGS (${[...mail.flags].join(' ')}))\r\n`
}

/** The mails of a sequence set, ascending. `*` is the last one, so `n:*` always returns at least that (section 6.4.8). */
export function pick(view: View, set: string, byUid: boolean): Picked[] {
  const readable = view.mails.findLastIndex((mail) => isReadable(view.folder, mail))
  const last = byUid ? (view.mails[readable]?.uid ?? 0) : view.mails.length
  const picked = new Set<number>()
  for (const [low, high] of parseSet(set, last)) {
    if (!byUid && (low === 0 || high > view.mails.length)) throw refusal('BAD', 'No such sequence number')
    const end = byUid ? lowerBound(view.mails, high + 1) : high
    for (let index = byUid ? lowerBound(view.mails, low) : low - 1; index < end; index++) picked.add(index)
  }
  const indexes = picked.size > 1 ? [...picked].sort((a, b) => a - b) : [...picked]
  return indexes.flatMap((index) => {
    const mail = view.mails[index]
    return mail ? [{ seq: index + 1, mail }] : []
  })
}

/** `4,8:6,10:*` as pairs, low before high. */
export function parseSet(set: string, last: number): [number, number][] {
  return set.split(',').map((range) => {
    const match = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(range)
    if (!match) throw refusal('BAD', 'Unreadable sequence set')
    const from = match[1] === '*' ? last : Number(match[1])
    const to = match[2] === undefined ? from : match[2] === '*' ? last : Number(match[2])
    return [Math.min(from, to), Math.max(from, to)]
  })
}

function indexOf(view: View, mail: Mail): number {
  const index = lowerBound(view.mails, mail.uid)
  return view.mails[index] === mail ? index : -1
}
