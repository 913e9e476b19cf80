// Exim as our own mail server and as the world behind it: what becomes of a mail depends on the recipient's domain.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, type Daemon, startDaemon } from './daemon.ts'

export interface EximOptions {
  /** Belongs to the account. */
  folder: string
  account: Account
  certificate: { cert: string; key: string }
  password: string
  ports: { smtp: number; submission: number; lmtp: number }
}

/** Where mails go. Any other domain is refused, so that nothing ever leaves the machine. */
export const DOMAINS = {
  /** Delivered to a mailbox. */
  mailbox: ['example.com', 'customer.test'],
  /** Taken, and then returned with a delivery report. */
  bounce: 'bounce.test',
  /** Refused for good at RCPT. */
  reject: 'reject.test',
  /** Refused for now at RCPT. */
  greylist: 'greylist.test',
  /** Answered by a machine. */
  vacation: 'vacation.test',
} as const

const QUEUE_EVERY = '1s'

export async function startExim(options: EximOptions): Promise<Daemon> {
  const { folder, account, ports } = options
  const config = join(folder, 'exim.conf')
  writeFileSync(config, eximConfig(options))
  return await startDaemon(['/usr/sbin/exim4', '-C', config, '-bdf', `-q${QUEUE_EVERY}`], {
    account,
    ports: [ports.smtp, ports.submission],
    log: join(folder, 'main.log'),
  })
}

function eximConfig({ folder, account, certificate, password, ports }: EximOptions): string {
  return `# Started with -C by an ordinary user, Exim gives up its rights at once and stays that user.
primary_hostname = mail.example.com
daemon_smtp_ports = ${ports.smtp} : ${ports.submission}
local_interfaces = 127.0.0.1
spool_directory = ${folder}/spool
log_file_path = ${folder}/%s.log
log_selector = +subject
pid_file_path = ${folder}/exim.pid
exim_user = ${account.name}
exim_group = ${account.group}
deliver_drop_privilege
keep_environment =
host_lookup =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
tls_advertise_hosts = *
tls_certificate = ${certificate.cert}
tls_privatekey = ${certificate.key}
auth_advertise_hosts = \${if eq{$received_port}{${ports.submission}}{*}}
acl_smtp_rcpt = rcpt
acl_smtp_data = accept

begin acl
rcpt:
  deny    condition = \${if eq{$received_port}{${ports.submission}}}
          !authenticated = *
          message = 530 5.7.0 Authentication required
  deny    domains = ${DOMAINS.reject}
          message = 550 5.1.1 No such user here
  defer   domains = ${DOMAINS.greylist}
          message = 451 4.7.1 Greylisted, come back later
  accept  domains = ${[...DOMAINS.mailbox, DOMAINS.bounce, DOMAINS.vacation].join(' : ')}
  deny    message = 550 5.7.1 This server delivers to test domains only

begin routers
returned:
  driver = redirect
  domains = ${DOMAINS.bounce}
  allow_fail
  data = :fail: 550 5.1.1 The account does not exist
away:
  driver = accept
  domains = ${DOMAINS.vacation}
  condition = \${if def:sender_address}
  transport = away
mailbox:
  driver = manualroute
  domains = ${DOMAINS.mailbox.join(' : ')}
  route_list = * 127.0.0.1
  self = send
  transport = mailbox

begin transports
mailbox:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = ${ports.lmtp}
  allow_localhost
  hosts_avoid_tls = *
  return_path_add
  envelope_to_add
  delivery_date_add
away:
  driver = autoreply
  user = ${account.name}
  from = $local_part@$domain
  to = $sender_address
  subject = Out of office: $h_subject:
  headers = MIME-Version: 1.0\\nContent-Type: text/plain; charset=utf-8
  text = I am away until Monday.

# The mailbox may be down for a moment only.
begin retry
* * F,1h,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if eq{$auth3}{${password}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if eq{$auth2}{${password}}}
  server_set_id = $auth1
`
}
