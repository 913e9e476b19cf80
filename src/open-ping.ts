// The pings about whoever waits in a conversation now: those that stand in Slack already show who has it.
import type { Trx } from './db/open.ts'
import { refreshPings } from './notice.ts'
import { findOpenWindow } from './window-record.ts'

/** Call it in the transaction that changed the owner. */
export async function refreshOpenPings(trx: Trx, conversationId: string): Promise<void> {
  const window = await findOpenWindow(trx, conversationId)
  if (window) await refreshPings(trx, window.id)
}
