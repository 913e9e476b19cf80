// Dovecot as a customer's mailbox and as ours: IMAP over loopback, LMTP for what Exim delivers, everything in one folder.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECOND, systemClock } from '../../src/clock.ts'
import { type Account, type Daemon, descendants, signalAll, startDaemon, titleOf } from './daemon.ts'
import { until } from './until.ts'

export interface DovecotOptions {
  /** Belongs to the account. */
  folder: string
  account: Account
  certificate: { cert: string; key: string }
  password: string
  ports: { imap: number; imaps: number; lmtp: number }
}

export interface Dovecot {
  start(): Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
  /** The user's connections: `idle` once the server waits to tell them something. */
  sessions(user: string): { pid: number; idle: boolean }[]
  signalSessions(user: string, signal: NodeJS.Signals): void
  /** The user's INBOX comes back with the same mails, numbered anew, as after a restored backup. */
  resetUidValidity(user: string): Promise<void>
  folderOf(user: string): string
}

export function makeDovecot(options: DovecotOptions): Dovecot {
  const { folder, account, ports } = options
  const config = join(folder, 'dovecot.conf')
  writeFileSync(config, dovecotConfig(options))
  let daemon: Daemon | undefined
  const folderOf = (user: string) => join(folder, 'mail', user, 'Maildir')
  const sessions = (user: string) =>
    descendants(daemon?.pid ?? 0)
      .map((pid) => ({ pid, title: titleOf(pid) }))
      .filter(({ title }) => title.startsWith(`dovecot/imap [${user} `))
      .map(({ pid, title }) => ({ pid, idle: title.includes('IDLE') }))
  return {
    sessions,
    folderOf,
    async start() {
      daemon = await startDaemon(['/usr/sbin/dovecot', '-F', '-c', config], {
        account,
        ports: Object.values(ports),
        log: join(folder, 'dovecot.log'),
      })
    },
    stop: async () => daemon?.stop(),
    kill: async () => daemon?.kill(),
    signalSessions(user, signal) {
      signalAll(
        sessions(user).map(({ pid }) => pid),
        signal,
      )
    },
    async resetUidValidity(user) {
      const [, second] = /^\d+ V(\d+)/.exec(readFileSync(join(folderOf(user), 'dovecot-uidlist'), 'utf8')) ?? []
      // Dovecot takes the second in which it makes a mailbox, so two made in the same one would be numbered alike.
      await until(() => systemClock().now() / SECOND >= Number(second) + 1, 'the next second')
      const indexes = readdirSync(folderOf(user)).filter((name) => name.startsWith('dovecot'))
      for (const name of indexes) rmSync(join(folderOf(user), name))
    },
  }
}

function dovecotConfig({ folder, account, certificate, password, ports }: DovecotOptions): string {
  return `# Everything as one ordinary user: no chroot, no other uid, no port below 1024, no file outside this folder.
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${account.name}
default_internal_group = ${account.group}
default_login_user = ${account.name}
mail_uid = ${account.name}
mail_gid = ${account.group}
first_valid_uid = 1
first_valid_gid = 1
service anvil {
  chroot =
}
service imap-login {
  chroot =
  process_min_avail = 1
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
# The process list tells whom a process serves and whether it idles.
verbose_proctitle = yes

ssl = yes
ssl_cert = <${certificate.cert}
ssl_key = <${certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_max_userip_connections = 50

# Every address is a mailbox, and one password opens them all.
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${account.name} gid=${account.group} home=${folder}/mail/%u
}
mail_location = maildir:~/Maildir
mail_fsync = never
namespace inbox {
  inbox = yes
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
}
`
}
