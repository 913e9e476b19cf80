// Delivery puts a mail into a mailbox with the header fields a real server adds on the way (RFC 5321 section 4.4).
import type { Mailboxes } from './mailbox.ts'

/** Does nothing for a recipient without an account here. */
export type Deliver = (mail: { raw: Uint8Array; from: string; to: string; helo: string }) => void

export const SERVER_NAME = 'mx.sandbox.test'

export function makeDelivery(mailboxes: Mailboxes, clock: { now(): number }): Deliver {
  let deliveries = 0
  return ({ raw, from, to, helo }) => {
    const mailbox = mailboxes.find(to)
    if (!mailbox) return
    const date = new Date(clock.now()).toUTCString().replace('GMT', '+0000')
    const trace = [
      `Return-Path: <${from}>`,
      `Delivered-To: ${to}`,
      `Received: from ${helo} (${helo} [127.0.0.1])`,
      `\tby ${SERVER_NAME} with ESMTP id ${++deliveries}`,
      `\tfor <${to}>; ${date}`,
      '',
    ]
    mailbox.append(Buffer.concat([Buffer.from(trace.join('\r\n')), raw]))
  }
}
