// FETCH: the items a client asks of a mail, in large chunks and never faster than it reads.

import { isReadable, type Mail, writeFlags } from './folder.ts'
import { type Command, refusal, type Token, textOf } from './imap-command.ts'
import { formatDateTime } from './imap-date.ts'
import { parseSection, type Section, sectionBytes } from './imap-section.ts'
import { renderEnvelope, renderStructure } from './imap-structure.ts'
import { type Picked, pick, type View } from './imap-view.ts'
import type { Output } from './imap-wire.ts'
import { type Part, parseMail } from './mime-part.ts'

type Item = (mail: Mail) => (string | Buffer)[]

interface Query {
  items: Item[]
  marksSeen: boolean
  /** Asks for contents: of the header alone, or of more. */
  reads: 'nothing' | 'header' | 'more'
  showsFlags: boolean
}

const MACROS: Record<string, string[]> = {
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}
const PLAIN_ITEMS: Record<string, (mail: Mail) => string> = {
  UID: (mail) => `UID ${mail.uid}`,
  FLAGS: (mail) => `FLAGS (${[...mail.flags].join(' ')})`,
  INTERNALDATE: (mail) => `INTERNALDATE "${formatDateTime(mail.internalDate)}"`,
  'RFC822.SIZE': (mail) => `RFC822.SIZE ${mail.raw.length}`,
  ENVELOPE: (mail) => `ENVELOPE ${renderEnvelope(partsOf(mail).fields)}`,
  BODY: (mail) => `BODY ${renderStructure(mail.raw.toString('latin1'), partsOf(mail), false)}`,
  BODYSTRUCTURE: (mail) => `BODYSTRUCTURE ${renderStructure(mail.raw.toString('latin1'), partsOf(mail), true)}`,
}
const OLD_SECTIONS: Record<string, string> = {
  RFC822: 'BODY[]',
  'RFC822.HEADER': 'BODY.PEEK[HEADER]',
  'RFC822.TEXT': 'BODY[TEXT]',
}

const parsed = new WeakMap<Mail, Part>()

export function partsOf(mail: Mail): Part {
  const part = parsed.get(mail) ?? parseMail(mail.raw.toString('latin1'))
  parsed.set(mail, part)
  return part
}

/** Returns the text of the tagged OK. */
export async function fetch(view: View, { args }: Command, byUid: boolean, output: Output): Promise<string> {
  const query = parseQuery(args[1], byUid)
  let isComplete = true
  for (const picked of pick(view, textOf(args[0], 'sequence set'), byUid)) {
    // Asked for each mail anew: while we waited for the client to read, another connection may have removed it.
    if (!isReadable(view.folder, picked.mail)) {
      isComplete &&= !picked.mail.expunged
      continue
    }
    const breakage = query.reads === 'nothing' ? undefined : view.folder.broken.get(picked.mail.uid)
    if (breakage === 'gives-nothing') continue
    if (breakage === 'ends-at-header' || (breakage && query.reads === 'more')) output.cutAfter(0)
    writeMail(view, picked, query, output)
    await output.room()
  }
  return isComplete ? 'Fetch completed.' : '[EXPUNGEISSUED] Some messages were already expunged.'
}

function writeMail(view: View, { seq, mail }: Picked, query: Query, output: Output): void {
  const becomesSeen = query.marksSeen && !view.readOnly && !mail.flags.has('\\Seen')
  if (becomesSeen) writeFlags(view.folder, mail, [...mail.flags, '\\Seen'], view.watcher)
  let separator = `* ${seq} FETCH (`
  for (const item of query.items) {
    output.text(separator)
    for (const piece of item(mail)) {
      if (typeof piece === 'string') output.text(piece)
      else output.bytes(piece)
    }
    separator = ' '
  }
  if (becomesSeen && !query.showsFlags) output.text(` FLAGS (${[...mail.flags].join(' ')})`)
  output.text(')\r\n')
}

function parseQuery(token: Token | undefined, byUid: boolean): Query {
  const asked = token?.kind === 'list' ? token.items.map((item) => textOf(item, 'item')) : [textOf(token, 'items')]
  const names = asked.flatMap(
    (name) => MACROS[name.toUpperCase()] ?? [PLAIN_ITEMS[name.toUpperCase()] ? name.toUpperCase() : name],
  )
  if (names.length === 0) throw refusal('BAD', 'Name the items to fetch')
  const unique = new Set(byUid ? ['UID', ...names] : names)
  unique.delete('MODSEQ') // Nobody asks for it unless CONDSTORE is pretended, and then it does not come.
  const query: Query = { items: [], marksSeen: false, reads: 'nothing', showsFlags: unique.has('FLAGS') }
  for (const name of unique) {
    const plain = PLAIN_ITEMS[name]
    if (plain) {
      query.items.push((mail) => [plain(mail)])
      continue
    }
    const old = OLD_SECTIONS[name.toUpperCase()]
    const section = parseSection(old ?? name)
    if (old) section.label = name.toUpperCase()
    query.marksSeen ||= !section.peek
    if (query.reads !== 'more') query.reads = /HEADER/i.test(old ?? name) ? 'header' : 'more'
    query.items.push(sectionItem(section))
  }
  return query
}

function sectionItem(section: Section): Item {
  return (mail) => {
    const bytes = sectionBytes(section, mail.raw, () => partsOf(mail))
    return bytes ? [`${section.label} {${bytes.length}}\r\n`, bytes] : [`${section.label} NIL`]
  }
}
