// Addresses behind which no person reads or writes, by the names they have always had (RFC 5230 section 4.6, RFC 2142).

const NO_REPLY = /^(?:no-?reply|no[._]reply|do[-._]?not[-._]?reply|ne-?pas-?repondre|nicht-?antworten)[^@]*@/
const DAEMON =
  /^(?:mailer-?daemon|mail-?daemon|postmaster|bounces?|mdaemon|mail-delivery-(?:sub)?system)(?:[+=-][^@]*)?@/
const MACHINE =
  /^(?:(?:auto|system)?-?notifications?|auto-?(?:reply|responder|mailer|confirm)|listserv|listproc|majordomo|mailman|owner-[^@]*|root|daemon|nobody|cron|[^@]*-(?:request|owner|bounces?|no-?reply|confirm))(?:\+[^@]*)?@/

/** Answers to it reach nobody. */
export function isNoReply(address: string): boolean {
  return NO_REPLY.test(address)
}

/** A mail server speaks. */
export function isDaemon(address: string): boolean {
  return DAEMON.test(address)
}

export function isMachine(address: string): boolean {
  return NO_REPLY.test(address) || DAEMON.test(address) || MACHINE.test(address)
}
