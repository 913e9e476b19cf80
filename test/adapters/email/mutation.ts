// Damages mails the way networks, gateways and spite do. The same seed makes the same damage, so that what broke breaks again.
import type { Chance } from '../../simulation/chance.ts'

type Mutation = (mail: Buffer, chance: Chance, others: readonly Buffer[]) => Buffer

const LATIN_1 = 'latin1' // One character a byte, so that cutting text cuts bytes.
const GROWN_BYTES_MAX = 256 * 1024
const MUTATIONS_MAX = 6

/** One to six kinds of damage, one on top of the other. */
export function mutate(mail: Buffer, chance: Chance, others: readonly Buffer[]): Buffer {
  let damaged = mail
  for (let left = chance.between(1, MUTATIONS_MAX); left > 0; left--) {
    damaged = chance.pick(MUTATIONS)(damaged, chance, others).subarray(0, GROWN_BYTES_MAX)
  }
  return damaged
}

const anywhere = (mail: Buffer, chance: Chance) => chance.between(0, Math.max(0, mail.length - 1))

const insert = (mail: Buffer, at: number, what: string | Uint8Array) =>
  Buffer.concat([mail.subarray(0, at), typeof what === 'string' ? Buffer.from(what, LATIN_1) : what, mail.subarray(at)])

function lines(mail: Buffer): string[] {
  return mail.toString(LATIN_1).split('\n')
}

function onLines(change: (lines: string[], chance: Chance) => string[]): Mutation {
  return (mail, chance) => Buffer.from(change(lines(mail), chance).join('\n'), LATIN_1)
}

/** Before the first line that is empty. */
function endOfHead(all: readonly string[]): number {
  const end = all.findIndex((line) => line.trim() === '')
  return end < 0 ? all.length : end
}

const HOSTILE_WORDS = [
  '\0',
  '\0\0\0\0',
  '\r',
  '\n\n',
  '\r\n\r\n',
  '\u00ff\u00fe',
  '\u001b$B',
  '\u001b(B',
  '=?utf-8?B?/////w==?=',
  '=?utf-8?Q?=ED=A0=80?=',
  '=?x-unknown?Q?=FF?=',
  '=?utf-7?Q?+AAAAAA-?=',
  '&#xD800;&#0;&#x110000;',
  '<!-- <blockquote> <script>',
  '</div></div></blockquote>',
  '<!channel> <@U1> *_`~',
  '{{ contact.first_name }}{% for a in b %}',
  'On Mon, 1 Jan 2024 at 10:00, A <a@b.test> wrote:',
  '-----Original Message-----\r\nFrom: a@b.test\r\nSent: now\r\n',
  '\u00e2\u0080\u00ae\u00e2\u0080\u008f',
  '=\r\n=\r\n=3D=',
  '> > > > > > > >',
]

const HOSTILE_HEADERS = [
  'Content-Type: multipart/mixed; boundary=""',
  'Content-Type: multipart/mixed; boundary=B',
  'Content-Type: text/plain; charset=utf-7',
  'Content-Type: text/html; charset=x-nothing; format=flowed; delsp=yes',
  'Content-Type: message/rfc822',
  'Content-Type: application/ms-tnef; name=winmail.dat',
  'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
  'Content-Type: text/calendar; method=REQUEST',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=B',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'From: ,,;:<>@@()"',
  'From: undisclosed-recipients:;',
  'From: "a\\"b" <a@b.test>, c@d.test',
  'Reply-To: <support@desk.test>',
  'From: support@desk.test',
  'Return-Path: <>',
  'Auto-Submitted: auto-replied',
  'Date: Thu, 99 Foo 99999 99:99:99 +9999',
  'Message-ID: <>',
  'Message-ID:',
  'In-Reply-To: <o.m_1.aaaaaaaaaaaaaaaaaaaa@desk.test>',
  `References: ${'<a@b> '.repeat(300)}`,
  'To: support+0123456789abcdefghjkmnpqrs@desk.test',
  'Subject: =?utf-8?Q?a=0D=0ABcc:_x@y?=',
  'Content-Disposition: attachment; filename*0*=utf-8\'\'%FF; filename*1="../../x"; filename*9=y',
]

const MUTATIONS: Mutation[] = [
  // A bit flips.
  (mail, chance) => {
    const copy = Buffer.from(mail)
    for (let left = chance.between(1, 16); left > 0 && copy.length > 0; left--) {
      const at = anywhere(copy, chance)
      copy[at] = (copy[at] ?? 0) ^ (1 << chance.between(0, 7))
    }
    return copy
  },
  // Bytes of no text.
  (mail, chance) => insert(mail, anywhere(mail, chance), chance.bytes(chance.between(1, 200))),
  // The connection broke.
  (mail, chance) => mail.subarray(0, anywhere(mail, chance)),
  // A piece is missing.
  (mail, chance) => {
    const at = anywhere(mail, chance)
    return Buffer.concat([mail.subarray(0, at), mail.subarray(at + chance.between(1, 400))])
  },
  // A piece comes twice, or very often.
  (mail, chance) => {
    const at = anywhere(mail, chance)
    const piece = mail.subarray(at, at + chance.between(1, 300)).toString(LATIN_1)
    return insert(mail, at, piece.repeat(chance.pick([1, 2, 20, 300])))
  },
  (mail, chance) => insert(mail, anywhere(mail, chance), chance.pick(HOSTILE_WORDS)),
  // Two mails run into each other.
  (mail, chance, others) => {
    const other = chance.pick(others)
    return Buffer.concat([mail.subarray(0, anywhere(mail, chance)), other.subarray(anywhere(other, chance))])
  },
  // The line ends of another system.
  (mail) => Buffer.from(mail.toString(LATIN_1).replaceAll('\r\n', '\n'), LATIN_1),
  (mail) => Buffer.from(mail.toString(LATIN_1).replace(/\r?\n/g, '\r'), LATIN_1),
  onLines((all, chance) => all.filter(() => !chance.happens(0.05))),
  onLines((all, chance) => {
    const at = chance.between(0, all.length - 1)
    return [...all.slice(0, at), all[chance.between(0, all.length - 1)] ?? '', ...all.slice(at)]
  }),
  // Headers of another mail, or of none.
  onLines((all, chance) => {
    const at = chance.between(0, endOfHead(all))
    return [...all.slice(0, at), `${chance.pick(HOSTILE_HEADERS)}\r`, ...all.slice(at)]
  }),
  onLines((all, chance) => [`${chance.pick(HOSTILE_HEADERS)}\r`, ...all]),
  onLines((all, chance) => {
    const end = endOfHead(all)
    const gone = chance.between(0, Math.max(0, end - 1))
    return all.filter((_, index) => index !== gone)
  }),
  // The end of the head is gone, or comes too early.
  onLines((all) => all.filter((_, index) => index !== endOfHead(all))),
  onLines((all, chance) => {
    const at = chance.between(0, endOfHead(all))
    return [...all.slice(0, at), '\r', ...all.slice(at)]
  }),
  // Boundaries that do not end, or end everything.
  onLines((all) => all.filter((line) => !/^--.*--\r?$/.test(line))),
  onLines((all, chance) => all.map((line) => (line.startsWith('--') && chance.happens(0.3) ? `${line}x` : line))),
  // A charset that is not the one.
  (mail, chance) =>
    Buffer.from(
      mail
        .toString(LATIN_1)
        .replace(/charset="?[\w-]+"?/gi, () => `charset=${chance.pick(['utf-8', 'utf-7', 'koi8-r', 'gb18030', ''])}`),
      LATIN_1,
    ),
  // Everything in one line.
  (mail, chance) => {
    const at = anywhere(mail, chance)
    return insert(mail, at, chance.pick(['a', ' ', '>', '<', '=', '\t', '-', '_', '*', '(', '&']).repeat(20_000))
  },
]
