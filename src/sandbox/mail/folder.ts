// A folder keeps its mails apart from any connection: a client may die at any byte and nothing here is lost.

export interface Mail {
  uid: number
  /** Arrival, epoch milliseconds on a whole second: IMAP knows nothing finer. */
  readonly internalDate: number
  flags: ReadonlySet<string>
  readonly raw: Buffer
  /** A connection may still count a mail that another one removed; this tells it that the bytes are gone. */
  expunged: boolean
}

/** A connection that has the folder open. */
export interface Watcher {
  added(mail: Mail): void
  expunged(mail: Mail): void
  flagged(mail: Mail): void
  /** The folder was deleted or renumbered: what the connection knows is worthless. */
  gone(): void
}

export interface Folder {
  name: string
  readonly specialUse: string | undefined
  uidValidity: number
  uidNext: number
  /** Ascending by uid. */
  mails: Mail[]
  /** Uids that are counted but not handed out, as on a server whose replicas lag. */
  readonly hidden: Set<number>
  /** What happens to a client that asks for the contents of these. */
  readonly broken: Map<number, Breakage>
  readonly watchers: Set<Watcher>
}

/** The connection ends, at the body or at the header already; or the mail is passed over, as if it were not there. */
export type Breakage = 'ends-at-body' | 'ends-at-header' | 'gives-nothing'

export interface Draft {
  raw: Uint8Array
  internalDate: number
  flags: Iterable<string>
}

const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']

export function makeFolder(name: string, uidValidity: number, specialUse?: string): Folder {
  return {
    name,
    specialUse,
    uidValidity,
    uidNext: 1,
    mails: [],
    hidden: new Set(),
    broken: new Map(),
    watchers: new Set(),
  }
}

export function addMail(folder: Folder, draft: Draft): Mail {
  const mail: Mail = {
    uid: folder.uidNext++,
    internalDate: Math.floor(draft.internalDate / 1000) * 1000,
    flags: tidyFlags(draft.flags),
    raw: Buffer.from(draft.raw), // A copy: what is stored does not change when the giver reuses its buffer.
    expunged: false,
  }
  folder.mails.push(mail)
  for (const watcher of folder.watchers) watcher.added(mail)
  return mail
}

export function removeMails(folder: Folder, mails: Iterable<Mail>): void {
  const removed = new Set([...mails].filter((mail) => !mail.expunged))
  if (removed.size === 0) return
  for (const mail of removed) mail.expunged = true
  folder.mails = folder.mails.filter((mail) => !removed.has(mail))
  for (const mail of removed) for (const watcher of folder.watchers) watcher.expunged(mail)
}

/** `by` is the connection that made the change; it answers for itself. */
export function writeFlags(folder: Folder, mail: Mail, flags: Iterable<string>, by?: Watcher): void {
  const tidy = tidyFlags(flags)
  if (tidy.size === mail.flags.size && [...tidy].every((flag) => mail.flags.has(flag))) return
  mail.flags = tidy
  for (const watcher of folder.watchers) if (watcher !== by) watcher.flagged(mail)
}

/** The same mails under new numbers, as after a server was restored from its backup. */
export function renumber(folder: Folder, uidValidity: number, firstUid: number): void {
  folder.uidValidity = uidValidity
  folder.uidNext = firstUid
  folder.hidden.clear()
  folder.broken.clear()
  for (const mail of folder.mails) mail.uid = folder.uidNext++
  for (const watcher of [...folder.watchers]) watcher.gone()
}

export function findMail(folder: Folder, uid: number): Mail | undefined {
  const mail = folder.mails[lowerBound(folder.mails, uid)]
  return mail?.uid === uid ? mail : undefined
}

export function isReadable(folder: Folder, mail: Mail): boolean {
  return !mail.expunged && !folder.hidden.has(mail.uid)
}

/** Where the first mail with this uid or a higher one stands. */
export function lowerBound(mails: readonly Mail[], uid: number): number {
  let low = 0
  let high = mails.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((mails[middle]?.uid ?? Infinity) < uid) low = middle + 1
    else high = middle
  }
  return low
}

export function flagsInUse(folder: Folder): string[] {
  return [...new Set([...SYSTEM_FLAGS, ...folder.mails.flatMap((mail) => [...mail.flags])])]
}

/** System flags are case-insensitive (RFC 3501 section 2.3.2); \Recent is the server's own and never stored. */
function tidyFlags(flags: Iterable<string>): ReadonlySet<string> {
  const tidy = [...flags].map(
    (flag) => SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag,
  )
  return new Set(tidy.filter((flag) => flag.toLowerCase() !== '\\recent'))
}
