// How our own machine's mail says what it is, so that no other machine answers it and nobody is told when it bounces.
import type { OutboundMessage } from '../../src/channel.ts'
import { firstHeader, readHeaders, splitMail } from './header.ts'

/**
 * RFC 3834 section 5. `Precedence` is left out: section 3.1.8 discourages it in responses, since it means different
 * things to different programs. `X-Auto-Response-Suppress` says the same to Exchange, which reads nothing else.
 */
export const AUTOMATIC_HEADERS = {
  acknowledgement: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' },
  alarm: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
} satisfies Record<NonNullable<OutboundMessage['automated']>, Record<string, string>>

/**
 * Who is told that a mail did not arrive: nobody when a machine answered (RFC 3834 section 3.3). It is read from the
 * frozen bytes, so that every attempt says the same.
 */
export function envelopeSender(body: Uint8Array, address: string): string {
  const submitted = firstHeader(readHeaders(splitMail(body).head), 'auto-submitted')
  return submitted?.trim().toLowerCase() === AUTOMATIC_HEADERS.acknowledgement['Auto-Submitted'] ? '' : address
}
