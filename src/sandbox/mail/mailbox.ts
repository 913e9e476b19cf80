// Mailboxes are who gets mail here: accounts by address, each with the folders a mail program expects.
import {
  addMail,
  type Draft,
  type Folder,
  findMail,
  type Mail,
  makeFolder,
  removeMails,
  renumber,
  writeFlags,
} from './folder.ts'

/** What a test sees of a mail: a copy that stays as it was. */
export interface StoredMail {
  uid: number
  internalDate: number
  flags: string[]
  raw: Buffer
}

export interface AppendOptions {
  folder?: string
  /** Epoch milliseconds; now, unless given. */
  internalDate?: number
  flags?: string[]
}

export interface Account {
  readonly address: string
  /** Returns the uid. */
  append(raw: Uint8Array, options?: AppendOptions): number
  list(folder?: string): StoredMail[]
  expunge(uid: number, folder?: string): void
  markSeen(uid: number, folder?: string): void
  uidValidity(folder?: string): number
  uidNext(folder?: string): number
  /** The same mails under a new UIDVALIDITY, numbered from `firstUid` (1); connections that have it open are dropped. */
  resetUidValidity(folder?: string, firstUid?: number): void
}

export interface Mailbox extends Account {
  readonly folders: Map<string, Folder>
  readonly subscriptions: Set<string>
  find(name: string): Folder | undefined
  create(name: string): Folder
  remove(folder: Folder): void
  store(folder: Folder, draft: Omit<Draft, 'internalDate'> & { internalDate?: number | undefined }): Mail
}

export interface Mailboxes {
  /** Created on first use. */
  account(address: string): Mailbox
  /** The mailbox a mail to this address ends up in; `a+tag@x` is a@x. */
  find(address: string): Mailbox | undefined
}

const SPECIAL_FOLDERS = { Sent: '\\Sent', Drafts: '\\Drafts', Junk: '\\Junk', Trash: '\\Trash' }

export function makeMailboxes(clock: { now(): number }): Mailboxes {
  const mailboxes = new Map<string, Mailbox>()
  return {
    account: (address) => {
      const key = canonical(address)
      if (!/^[^@\s]+@[^@\s]+$/.test(key))
        throw new Error(`mail stand-in: '${address}' is no address; write name@domain`)
      const mailbox = mailboxes.get(key) ?? makeMailbox(key, clock)
      mailboxes.set(key, mailbox)
      return mailbox
    },
    find: (address) => mailboxes.get(canonical(address)) ?? mailboxes.get(canonical(address).replace(/\+[^@]*@/, '@')),
  }
}

function makeMailbox(address: string, clock: { now(): number }): Mailbox {
  const folders = new Map<string, Folder>()
  let lastUidValidity = 0
  // Every folder ever made here gets a higher value than the one before: RFC 3501 section 2.3.1.1 asks for no less.
  const nextUidValidity = () => {
    lastUidValidity = Math.max(lastUidValidity + 1, Math.floor(clock.now() / 1000))
    return lastUidValidity
  }
  const find = (name: string) => folders.get(folderKey(name))
  const get = (name: string) => {
    const folder = find(name)
    if (!folder) throw new Error(`mail stand-in: ${address} has no folder '${name}'; create it first`)
    return folder
  }
  const getMail = (name: string, uid: number) => {
    const mail = findMail(get(name), uid)
    if (!mail) throw new Error(`mail stand-in: ${address} has no mail ${uid} in ${name}`)
    return mail
  }
  const add = (name: string, specialUse?: string) => {
    const folder = makeFolder(folderKey(name), nextUidValidity(), specialUse)
    folders.set(folder.name, folder)
    return folder
  }
  const store: Mailbox['store'] = (folder, draft) =>
    addMail(folder, { ...draft, internalDate: draft.internalDate ?? clock.now() })
  add('INBOX')
  for (const [name, use] of Object.entries(SPECIAL_FOLDERS)) add(name, use)

  return {
    address,
    folders,
    subscriptions: new Set(folders.keys()),
    find,
    create: (name) => add(name),
    store,
    remove: (folder) => {
      folders.delete(folder.name)
      removeMails(folder, folder.mails)
      for (const watcher of [...folder.watchers]) watcher.gone()
    },
    append: (raw, { folder = 'INBOX', internalDate, flags = [] } = {}) =>
      store(get(folder), { raw, internalDate, flags }).uid,
    list: (folder = 'INBOX') => get(folder).mails.map(copyMail),
    expunge: (uid, folder = 'INBOX') => removeMails(get(folder), [getMail(folder, uid)]),
    markSeen: (uid, folder = 'INBOX') => {
      const mail = getMail(folder, uid)
      writeFlags(get(folder), mail, [...mail.flags, '\\Seen'])
    },
    uidValidity: (folder = 'INBOX') => get(folder).uidValidity,
    uidNext: (folder = 'INBOX') => get(folder).uidNext,
    resetUidValidity: (folder = 'INBOX', firstUid = 1) => renumber(get(folder), nextUidValidity(), firstUid),
  }
}

function copyMail(mail: Mail): StoredMail {
  return { uid: mail.uid, internalDate: mail.internalDate, flags: [...mail.flags], raw: Buffer.from(mail.raw) }
}

function canonical(address: string): string {
  return address.trim().toLowerCase()
}

/** Only INBOX is case-insensitive (RFC 3501 section 5.1). */
function folderKey(name: string): string {
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name
}
