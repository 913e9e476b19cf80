// The fields in which a server tells a program what became of each recipient (RFC 3464), also where they stand less than tidy.
import { linesOf } from './bounce-text.ts'

export interface ReportedRecipient {
  /** Whom we wrote to, if the report knows; else whom the server tried. */
  address?: string
  outcome: 'failed' | 'delayed' | 'arrived'
  /** Enhanced status code (RFC 3463), such as `5.1.1`. */
  status?: string
  /** The server's own words. */
  diagnostic: string
}

const RECIPIENTS_MAX = 100
const FIELD = /^[ \t]{0,4}([a-z][a-z-]{2,40})[ \t]{0,4}:(.*)$/i
const FIELDS = new Set([
  ...['final-recipient', 'original-recipient', 'x-actual-recipient', 'final-log-id'],
  ...['action', 'status', 'diagnostic-code', 'remote-mta', 'last-attempt-date', 'will-retry-until'],
])
const BEGINS = new Set(['final-recipient', 'original-recipient'])
const STATUS = /\b([245])\.\d{1,3}\.\d{1,3}\b/
const REPLY = /(?:^|[\s;:(])([245])\d\d(?=[\s\-;:)]|$)/
/** What stands for "nothing known" in both places. */
const UNKNOWN_STATUS = /^[245]\.0\.0$/

/** Every recipient a report speaks of, in its order. Lines that are no such fields are passed over. */
export function reportedRecipients(text: string): ReportedRecipient[] {
  const found: ReportedRecipient[] = []
  let group = new Map<string, string>()
  let last: string | undefined
  const end = () => {
    const recipient = recipientOf(group)
    if (recipient && found.length < RECIPIENTS_MAX) found.push(recipient)
    group = new Map()
    last = undefined
  }
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      end()
      continue
    }
    const [, name = '', value = ''] = FIELD.exec(line) ?? []
    const key = name.toLowerCase()
    if (FIELDS.has(key)) {
      // Some forget the empty line between two recipients.
      if (group.has(key) && BEGINS.has(key)) end()
      if (!group.has(key)) group.set(key, value.trim())
      last = key
    } else if (last !== undefined && /^[ \t]/.test(line)) group.set(last, `${group.get(last)} ${line.trim()}`)
    else last = undefined
  }
  end()
  return found
}

function recipientOf(group: ReadonlyMap<string, string>): ReportedRecipient | undefined {
  if (!['action', 'status', 'final-recipient'].some((key) => group.has(key))) return undefined
  const diagnostic = withoutType(group.get('diagnostic-code') ?? '')
  const stated = STATUS.exec(group.get('status') ?? '')?.[0]
  const status =
    stated !== undefined && !UNKNOWN_STATUS.test(stated) ? stated : (STATUS.exec(diagnostic)?.[0] ?? stated)
  const outcome = outcomeOf(group.get('action') ?? '', stated, diagnostic)
  if (!outcome) return undefined
  const named = ['original-recipient', 'final-recipient', 'x-actual-recipient'].map((key) => addressIn(group.get(key)))
  const address = named.find((one) => one !== undefined)
  return { outcome, diagnostic, ...(address !== undefined && { address }), ...(status !== undefined && { status }) }
}

/** What was done decides, not the code: a mail given up after days of 4.4.1 has failed. */
function outcomeOf(
  action: string,
  status: string | undefined,
  diagnostic: string,
): ReportedRecipient['outcome'] | undefined {
  if (/^\W*(?:fail|undeliver|reject|bounce)/i.test(action)) return 'failed'
  if (/^\W*(?:delay|defer)/i.test(action)) return 'delayed'
  if (/^\W*(?:deliver|relay|expand)/i.test(action)) return 'arrived'
  const digit = status?.[0] ?? REPLY.exec(diagnostic)?.[1]
  if (digit === undefined) return undefined
  return digit === '5' ? 'failed' : digit === '4' ? 'delayed' : 'arrived'
}

function addressIn(field: string | undefined): string | undefined {
  const address = withoutType(field ?? '')
    .replace(/[<>\s"]/g, '')
    .toLowerCase()
  return /^[^@]{1,64}@[^@]{1,255}$/.test(address) ? address : undefined
}

/** `rfc822; ada@example.org`, `smtp; 550 ...`, and `550 5.1.1 ...; extra` from who leaves the type out. */
function withoutType(field: string): string {
  return field.replace(/^[ \t]*[a-z][a-z0-9-]{0,20}[ \t]*;[ \t]*/i, '').trim()
}
