// What the operator reads when the configuration is wrong: everything at once, each with its fix, never a secret.

export interface Fault {
  /** Where: `desks.support.channel`, `SLACK_BOT_TOKEN`, `deskbell.yaml:12:3`. */
  key: string
  /** Reads on from the key: `is missing`. */
  problem: string
  /** A sentence that says what to do. */
  fix: string
}

/** Carries the faults to the edge that prints them and exits. */
export class ConfigError extends Error {
  readonly faults: Fault[]
  constructor(faults: Fault[]) {
    super(renderFaults(faults))
    this.name = 'ConfigError'
    this.faults = faults
  }
}

export function renderFaults(faults: Fault[]): string {
  const width = Math.min(KEY_WIDTH_MAX, Math.max(0, ...faults.map((fault) => fault.key.length)))
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`
  const lines = faults.flatMap(({ key, problem, fix }) => [
    `  ${key.padEnd(width)}  ${problem}`,
    `  ${' '.repeat(width)}  Fix: ${fix}`,
  ])
  return [`The configuration has ${count}; nothing was started.`, '', ...lines].join('\n')
}

/** A longer key pushes its own line to the right and no other's. */
const KEY_WIDTH_MAX = 40

/** The fix for a name that nobody knows. */
export function didYouMean(meant: string | undefined, known: readonly string[]): string {
  if (meant) return `Did you mean ${meant}? If not, remove it.`
  return known.length > 0 ? `Remove it. Known here: ${known.join(', ')}.` : 'Remove it.'
}
