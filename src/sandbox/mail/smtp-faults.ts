// What can go wrong between handing over a mail and knowing that it was taken, on demand.

export type SmtpFault =
  /** 421 instead of the greeting. */
  | { kind: 'refuse-connection' }
  /** 535, whatever the password. */
  | { kind: 'refuse-login' }
  /** 550 to RCPT: for this address, or for the next one whatever it is. */
  | { kind: 'refuse-recipient'; address?: string; text?: string }
  /** 451 to RCPT, as a greylisting server answers a first attempt. */
  | { kind: 'greylist'; address?: string }
  /** The connection breaks when DATA is asked for: nothing was handed over. */
  | { kind: 'drop-before-data' }
  /** The mail is refused after its final dot: a clear answer, `code` 4xx or 5xx. */
  | { kind: 'refuse-mail'; code: number; text?: string }
  /** The connection breaks after the final dot, before any answer. Only the server knows whether it has the mail. */
  | { kind: 'drop-after-data'; accepted: boolean }
  /** After the final dot nothing is answered until `release`. */
  | { kind: 'stall-after-data'; accepted: boolean }

export interface SmtpFaults {
  /** Happens once, at the first moment it can, or `times` times. Returns how to call it off and whether it is used up. */
  next(fault: SmtpFault, times?: number): { cancel(): void; readonly left: number }
  /** Answers the stalled connections and calls off every fault. */
  release(): void
}

export interface SmtpFaultState extends SmtpFaults {
  /** Uses up and returns the first waiting fault of this kind that concerns this address. */
  take<K extends SmtpFault['kind']>(kind: K, address?: string): Extract<SmtpFault, { kind: K }> | undefined
  /** Resolves at `release`. */
  released(): Promise<void>
}

export function makeSmtpFaults(): SmtpFaultState {
  let waiting: { fault: SmtpFault; left: number }[] = []
  let release = Promise.withResolvers<void>()
  return {
    next: (fault, times = 1) => {
      const entry = { fault, left: times }
      waiting.push(entry)
      return {
        cancel: () => {
          entry.left = 0
        },
        get left() {
          return entry.left
        },
      }
    },
    release: () => {
      waiting = []
      release.resolve()
      release = Promise.withResolvers()
    },
    released: () => release.promise,
    take: <K extends SmtpFault['kind']>(kind: K, address?: string) => {
      const entry = waiting.find(({ fault, left }) => left > 0 && fault.kind === kind && concerns(fault, address))
      if (!entry) return undefined
      entry.left--
      return entry.fault as Extract<SmtpFault, { kind: K }>
    },
  }
}

function concerns(fault: SmtpFault, address: string | undefined): boolean {
  if (!('address' in fault) || fault.address === undefined) return true
  return fault.address.toLowerCase() === address?.toLowerCase()
}
