// The commands about folders as such: LIST, STATUS, CREATE and their like (RFC 3501 section 6.3, RFC 6154 for special use).

import { addMail, type Folder, removeMails } from './folder.ts'
import { listOf, refusal, type Token, textOf } from './imap-command.ts'
import { nstring } from './imap-structure.ts'
import type { Mailbox } from './mailbox.ts'

export const DELIMITER = '/'
const NAME_BYTES_MAX = 255
const FOLDERS_MAX = 1000

/** Folder names stay as the client writes them, in modified UTF-7. */
export function getFolder(mailbox: Mailbox, name: string, code = ''): Folder {
  const folder = mailbox.find(name)
  if (!folder) throw refusal('NO', `${code}Mailbox doesn't exist: ${name.slice(0, NAME_BYTES_MAX)}`)
  return folder
}

/** The untagged lines of LIST and LSUB, without line ends. */
export function listFolders(mailbox: Mailbox, command: 'LIST' | 'LSUB', args: Token[]): string[] {
  const pattern = textOf(args[0], 'reference') + textOf(args[1], 'mailbox pattern')
  if (textOf(args[1], 'mailbox pattern') === '') return [`* ${command} (\\Noselect) "${DELIMITER}" ""`]
  const matches = matcher(pattern)
  return [...mailbox.folders.values()]
    .filter(({ name }) => matches(name) && (command === 'LIST' || mailbox.subscriptions.has(name)))
    .map((folder) => `* ${command} (${attributesOf(mailbox, folder)}) "${DELIMITER}" ${nstring(folder.name)}`)
}

export function statusLine(mailbox: Mailbox, args: Token[]): string {
  const name = textOf(args[0], 'mailbox')
  const folder = getFolder(mailbox, name)
  const items = listOf(args[1], 'status items').map((item) => {
    const word = textOf(item, 'status item').toUpperCase()
    const value = STATUS_ITEMS[word]
    if (!value) throw refusal('BAD', `Unknown status item ${word}`)
    return `${word} ${value(folder)}`
  })
  return `* STATUS ${nstring(folder.name)} (${items.join(' ')})`
}

const STATUS_ITEMS: Record<string, (folder: Folder) => number> = {
  MESSAGES: (folder) => folder.mails.length,
  RECENT: () => 0,
  UIDNEXT: (folder) => folder.uidNext,
  UIDVALIDITY: (folder) => folder.uidValidity,
  UNSEEN: (folder) => folder.mails.filter((mail) => !mail.flags.has('\\Seen')).length,
}

export function createFolder(mailbox: Mailbox, wanted: string): void {
  const name = wanted.replace(/\/$/, '')
  if (name === '' || name.length > NAME_BYTES_MAX || /[*%\p{Cc}]/u.test(name))
    throw refusal('NO', '[CANNOT] Invalid mailbox name')
  if (mailbox.find(name)) throw refusal('NO', '[ALREADYEXISTS] Mailbox already exists')
  if (mailbox.folders.size >= FOLDERS_MAX) throw refusal('NO', '[LIMIT] Too many mailboxes')
  mailbox.create(name)
}

export function deleteFolder(mailbox: Mailbox, name: string): void {
  const folder = getFolder(mailbox, name, '[NONEXISTENT] ')
  if (folder.name === 'INBOX') throw refusal('NO', "[CANNOT] INBOX can't be deleted")
  mailbox.remove(folder)
}

export function renameFolder(mailbox: Mailbox, from: string, to: string): void {
  const folder = getFolder(mailbox, from, '[NONEXISTENT] ')
  createFolder(mailbox, to)
  const target = getFolder(mailbox, to)
  if (folder.name === 'INBOX') {
    // INBOX itself stays; its mails move (section 6.3.5).
    for (const mail of folder.mails) addMail(target, mail)
    removeMails(folder, folder.mails)
    return
  }
  const old = folder.name
  const moved = [...mailbox.folders.values()].filter(({ name }) => name === old || name.startsWith(old + DELIMITER))
  for (const each of moved) {
    mailbox.folders.delete(each.name)
    each.name = target.name + each.name.slice(old.length)
  }
  for (const each of moved) mailbox.folders.set(each.name, each)
}

function attributesOf(mailbox: Mailbox, folder: Folder): string {
  const hasChildren = [...mailbox.folders.keys()].some((name) => name.startsWith(folder.name + DELIMITER))
  return [hasChildren ? '\\HasChildren' : '\\HasNoChildren', folder.specialUse].filter(Boolean).join(' ')
}

/** `*` matches anything, `%` anything up to the next delimiter. */
function matcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .slice(0, NAME_BYTES_MAX)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/%+/g, `[^${DELIMITER}]*`)
  const isMatch = new RegExp(`^${source}$`)
  const isInbox = new RegExp(`^${source}$`, 'i')
  return (name) => (name === 'INBOX' ? isInbox : isMatch).test(name)
}
