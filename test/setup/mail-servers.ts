// Real mail servers for tests, Dovecot and Exim from Debian: unprivileged, on loopback, in a temporary folder, gone afterwards.
import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, ordinaryUser } from './daemon.ts'
import { makeDovecot } from './dovecot.ts'
import { startExim } from './exim.ts'

export interface Place {
  host: string
  port: number
}

export interface MailServers {
  imap: Place
  /** Encrypted from the first byte. */
  imaps: Place
  /** For the world: takes mail to our domains from anybody. */
  smtp: Place
  /** For us: wants user and password, offers STARTTLS. */
  submission: Place
  /** One password opens every mailbox. */
  password: string
  /** The authority that signed the servers' certificate, as PEM, and the file it is in. */
  ca: string
  caFile: string
  /** The address, which is also the mailbox's user. */
  user(name: string): string
  folderOf(user: string): string
  /** The user's IMAP connections: `idle` once the server waits to tell them something. */
  sessions(user: string): { pid: number; idle: boolean }[]
  kill9Sessions(user: string): void
  /** The connections stand but say nothing any more, as when a router forgets them. */
  freezeSessions(user: string): void
  /** The same mails numbered anew, as after a restored backup. */
  resetUidValidity(user: string): Promise<void>
  /** How many mails with this subject Exim took responsibility for. */
  taken(subject: string): number
  killImap(): Promise<void>
  startImap(): Promise<void>
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const PASSWORD = 'correct-horse'
const PACKAGES = 'dovecot-imapd dovecot-lmtpd exim4-daemon-light openssl'
const NEEDED = [
  '/usr/sbin/dovecot',
  '/usr/lib/dovecot/imap',
  '/usr/lib/dovecot/lmtp',
  '/usr/sbin/exim4',
  '/usr/bin/openssl',
]

/** Why the servers cannot be started here, and what to do. Undefined when they can. */
export function mailServersMissing(needed: readonly string[] = NEEDED): string | undefined {
  const missing = needed.filter((file) => !isExecutable(file))
  if (missing.length > 0) {
    return `no real mail servers here (${missing.join(', ')} not found); for these tests: apt-get install ${PACKAGES}`
  }
  const version = execFileSync('/usr/sbin/dovecot', ['--version'], { encoding: 'utf8' }).trim()
  // 2.4 has another configuration language.
  return version.startsWith('2.3.') ? undefined : `the real mail servers need Dovecot 2.3; this is ${version}`
}

/** In CI, where they are installed, a missing server is a failure and skips nothing. */
export function mailServersSkipped(): boolean {
  return mailServersMissing() !== undefined && process.env.DESKBELL_REQUIRE_MAIL_SERVERS !== '1'
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export async function startMailServers(): Promise<MailServers> {
  const missing = mailServersMissing()
  if (missing) throw new Error(missing)
  const account = ordinaryUser()
  const folder = mkdtempSync(join(tmpdir(), 'deskbell-mail-'))
  const certificate = makeCertificate(folder)
  const [imap = 0, imaps = 0, lmtp = 0, smtp = 0, submission = 0] = await freePorts(5)
  const ownFolder = (name: string) => {
    const path = join(folder, name)
    mkdirSync(path)
    if (account.ids) chownSync(path, account.ids.uid, account.ids.gid)
    return path
  }
  if (account.ids) chownSync(certificate.key, account.ids.uid, account.ids.gid)
  chmodSync(folder, 0o755) // Made for us alone, but the servers may be another user.
  const shared = { account, certificate, password: PASSWORD }
  const dovecot = makeDovecot({ ...shared, folder: ownFolder('dovecot'), ports: { imap, imaps, lmtp } })
  await dovecot.start()
  const eximFolder = ownFolder('exim')
  const exim = await startExim({ ...shared, folder: eximFolder, ports: { smtp, submission, lmtp } })
  const place = (port: number) => ({ host: HOST, port })
  return {
    imap: place(imap),
    imaps: place(imaps),
    smtp: place(smtp),
    submission: place(submission),
    password: PASSWORD,
    ca: readFileSync(certificate.cert, 'utf8'),
    caFile: certificate.cert,
    user: (name) => `${name}@example.com`,
    folderOf: dovecot.folderOf,
    sessions: dovecot.sessions,
    kill9Sessions: (user) => dovecot.signalSessions(user, 'SIGKILL'),
    freezeSessions: (user) => dovecot.signalSessions(user, 'SIGSTOP'),
    resetUidValidity: dovecot.resetUidValidity,
    taken(subject) {
      const lines = readFileSync(join(eximFolder, 'main.log'), 'utf8').split('\n')
      return lines.filter((line) => line.includes(' <= ') && line.includes(`T="${subject}"`)).length
    },
    killImap: dovecot.kill,
    startImap: dovecot.start,
    async stop() {
      await exim.stop()
      await dovecot.stop()
      // A delivery that outlived Exim by a moment may still write.
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

function makeCertificate(folder: string): { cert: string; key: string } {
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const words = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    key,
    '-out',
    cert,
  ]
  execFileSync('/usr/bin/openssl', words, { stdio: 'ignore' })
  return { cert, key }
}
