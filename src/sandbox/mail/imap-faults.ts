// What can go wrong with an IMAP server, on demand: each fault is one that a real server was seen to have.

import type { Breakage } from './folder.ts'
import { type Refusal, refusal } from './imap-command.ts'
import { pushNews, type Session } from './imap-session.ts'
import type { Mailbox, Mailboxes } from './mailbox.ts'

export interface ImapFaults {
  /** Every connection breaks, as when the server is killed. Nothing stored is lost. */
  dropConnections(): void
  /** The server is away: connections break and new ones are refused until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  /** The next logins fail; Infinity until `acceptLogin`. `UNAVAILABLE` is a server in trouble, not a wrong password. */
  refuseLogin(times?: number, code?: string, text?: string): void
  acceptLogin(): void
  /** The server takes everything and answers nothing, as when its machine hangs. */
  stall(): void
  /** The same, from the moment the next IDLE arrives: not even that is answered. */
  stallAtNextIdle(): void
  resume(): void
  /** The next FETCH breaks off after so many bytes of its answer, and the connection with it. */
  cutNextFetch(afterBytes: number): void
  /** The mail is counted and announced but neither fetched nor found until the returned function is called. */
  hideUid(address: string, uid: number, folder?: string): () => void
  /** The mail is there, and whoever asks for what it says suffers this, until the returned function is called. */
  breakMail(address: string, uid: number, breakage: Breakage): () => void
  /** CONDSTORE and QRESYNC are offered and switched on, and nothing of them is there, as on some servers. */
  pretendCondstore(): void
  /** IDLE tells nothing until the returned function is called, which tells all at once. */
  noIdlePush(): () => void
}

/** The state of the faults, as the server asks for it. */
export interface FaultState {
  /** Counts as used when it says no. */
  takeLoginRefusal(): Refusal | undefined
  takeFetchCut(): number | undefined
  isStalled(): boolean
  /** Resolves at once unless stalled, else when that ends. */
  ready(): Promise<void>
  pushesIdle(): boolean
  pretendsCondstore(): boolean
  /** An IDLE arrives. */
  meetIdle(): void
}

/** What the faults need to reach of the server. */
export interface FaultTarget {
  mailboxes: Mailboxes
  sessions(): Iterable<Session>
  drop(): void
  close(): Promise<void>
  listen(): Promise<void>
}

export function makeImapFaults(target: FaultTarget): { faults: ImapFaults; state: FaultState } {
  let refusals = { left: 0, words: '' }
  let pretends = false
  let gate: PromiseWithResolvers<void> | undefined
  let fetchCut: number | undefined
  let idlePush = true
  let stallsAtIdle = false
  const state: FaultState = {
    takeLoginRefusal: () => (refusals.left-- > 0 ? refusal('NO', refusals.words) : undefined),
    takeFetchCut: () => {
      const cut = fetchCut
      fetchCut = undefined
      return cut
    },
    isStalled: () => gate !== undefined,
    ready: async () => gate?.promise,
    pushesIdle: () => idlePush,
    pretendsCondstore: () => pretends,
    meetIdle: () => {
      if (stallsAtIdle) faults.stall()
      stallsAtIdle = false
    },
  }
  const faults: ImapFaults = {
    dropConnections: target.drop,
    goAway: target.close,
    comeBack: target.listen,
    refuseLogin: (times = Infinity, code = 'AUTHENTICATIONFAILED', text = 'Login refused.') => {
      refusals = { left: times, words: `[${code}] ${text}` }
    },
    acceptLogin: () => {
      refusals.left = 0
    },
    stall: () => {
      gate ??= Promise.withResolvers()
      for (const { output } of target.sessions()) output.hold(true)
    },
    stallAtNextIdle: () => {
      stallsAtIdle = true
    },
    resume: () => {
      gate?.resolve()
      gate = undefined
      for (const { output } of target.sessions()) output.hold(false)
    },
    cutNextFetch: (afterBytes) => {
      fetchCut = afterBytes
    },
    hideUid: (address, uid, name = 'INBOX') => hide(target.mailboxes.account(address), uid, name),
    breakMail: (address, uid, breakage) => {
      const broken = target.mailboxes.account(address).find('INBOX')?.broken
      broken?.set(uid, breakage)
      return () => void broken?.delete(uid)
    },
    pretendCondstore: () => {
      pretends = true
    },
    noIdlePush: () => {
      idlePush = false
      return () => {
        idlePush = true
        for (const session of target.sessions()) pushNews(session)
      }
    },
  }
  return { faults, state }
}

function hide(mailbox: Mailbox, uid: number, name: string): () => void {
  const hidden = mailbox.find(name)?.hidden
  if (!hidden) throw new Error(`mail stand-in: ${mailbox.address} has no folder '${name}'; create it first`)
  hidden.add(uid)
  return () => void hidden.delete(uid)
}
