// Troubles a test can order: the answers that are lost, late or wrong, with or without the deed behind them done.

export type Fault =
  | { status: 429; retryAfterS: number }
  /** Slack answers with this status; `stored` says whether it had already done what was asked. */
  | { status: 500 | 502 | 503 | 504; stored?: boolean }
  /** No answer ever comes. */
  | { hang: true; stored?: boolean }
  /** The connection is torn down. */
  | { reset: true; stored?: boolean }
  | { error: string }

export interface Faults {
  /** The next calls of a method (`*` for any; `upload` and `download` for file bytes) meet this fault. */
  next(method: string, fault: Fault, times?: number): void
  /** Every call does, until `clear`. */
  always(method: string, fault: Fault): void
  clear(method?: string): void
  take(method: string): Fault | undefined
}

export function makeFaults(): Faults {
  let queued: { method: string; fault: Fault }[] = []
  const lasting = new Map<string, Fault>()
  return {
    next(method, fault, times = 1) {
      for (let count = 0; count < times; count += 1) queued.push({ method, fault })
    },
    always: (method, fault) => void lasting.set(method, fault),
    clear(method) {
      if (method === undefined) lasting.clear()
      else lasting.delete(method)
      queued = queued.filter((entry) => method !== undefined && entry.method !== method)
    },
    take(method) {
      const index = queued.findIndex((entry) => entry.method === method || entry.method === '*')
      if (index >= 0) return queued.splice(index, 1)[0]?.fault
      return lasting.get(method) ?? lasting.get('*')
    },
  }
}

/** Whether what was asked is done before the fault strikes. */
export function isStored(fault: Fault): boolean {
  return 'stored' in fault && fault.stored === true
}

export function describeFault(fault: Fault): string {
  if ('error' in fault) return fault.error
  const name = 'status' in fault ? String(fault.status) : 'hang' in fault ? 'hang' : 'reset'
  return isStored(fault) ? `${name} stored` : name
}
