// What a mailbox needs to be told. `main.ts` makes it from the operator's settings; secrets come from the environment.
import type { DkimKey } from './dkim.ts'

export interface MailServer {
  host: string
  port: number
  tls: 'implicit' | 'starttls' | 'none'
  /** A certificate authority of one's own, as PEM. */
  ca?: string
  /** How long a silent server may keep us waiting; for sending 60 s unless given, as for reading. */
  timeoutMs?: number
  /** The same once it has a whole mail, which it may look through for minutes; 10 min unless given. */
  answerMs?: number
}

/** Without a password: by OAuth. */
export type Account = MailServer & { user?: string; password?: string }

/** A sign-in that lasts, from which access tokens are made; see access-token.ts. */
export interface OAuth {
  provider: 'google' | 'microsoft'
  tokenUrl: string
  clientId: string
  clientSecret?: string
  /** Absent where the app signs in as itself. */
  refreshToken?: string
  appOnly: boolean
}

export interface MailboxConfig {
  /** `email:support` */
  name: string
  address: string
  aliases: string[]
  displayName: string
  /** Markdown that stands below every letter a person writes; `{agent}` is who it is. */
  signature?: string
  imap: Account & { user: string }
  smtp: Account
  oauth?: OAuth
  /** Where customers' mail arrives: `INBOX`. */
  folder: string
  /** Where the server files what we send; there an uncertain send is looked up by its Message-ID. */
  sentFolder?: string
  /** The server files nothing: we put a copy there ourselves, once it has taken the mail. */
  sentCopy?: boolean
  /** Where the server does not sign what it sends. */
  dkim?: DkimKey
  /** What is read here is what we sent. */
  holdsSent?: true
  /** What a first start takes in: nothing older, everything, or what arrived after this instant. */
  since: 'now' | 'all' | number
  /** Mail that was there before the first start counts as if it came after it. */
  pingImported?: boolean
  pollMs: number
  mailBytesMax: number
  /** The name our receiving server writes into Authentication-Results; without it no sender counts as verified. */
  authServer?: string
}

export function tlsOptions(server: MailServer): { ca?: string; servername?: string } {
  return server.ca ? { ca: server.ca } : {}
}
