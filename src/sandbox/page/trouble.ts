// Trouble on buttons: Slack has enough of us, the mail server goes away and comes back, the program is killed and started.
import type { Act } from './act.ts'
import type { Playhouse } from './playhouse.ts'

const BUSY_S = 3

export async function makeTrouble(
  { stage, program, troubles }: Pick<Playhouse, 'stage' | 'program' | 'troubles'>,
  name: Extract<Act, { do: 'trouble' }>['name'],
): Promise<void> {
  const { slack, mail } = stage
  switch (name) {
    case 'slack-busy':
      for (const method of ['chat.postMessage', 'chat.update']) {
        slack.faults.next(method, { status: 429, retryAfterS: BUSY_S })
      }
      return
    case 'mail-away':
      troubles.isMailAway = true
      mail.faults.smtp.next({ kind: 'refuse-connection' }, Infinity)
      return await mail.faults.imap.goAway()
    case 'mail-back':
      troubles.isMailAway = false
      mail.faults.smtp.release()
      return await mail.faults.imap.comeBack()
    case 'kill':
      return await program.kill()
    default:
      return program.start()
  }
}
