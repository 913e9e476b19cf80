// What the operator reads when the configuration is wrong: everything at once, each with its fix, never a secret.

export interface Fault {
  /** Where: `desks.support.channel`, `SLACK_BOT_TOKEN`, `deskbell.yaml:12:3`. */
  key: string
  /** Reads on from the key: `is missing`. */
  problem: string
  /** A sentence that says what to do. */
  fix: string
  /** `deskbell.yaml:12`, for a key that stands in the file, or else for the section it is missing from. */
  place?: string
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
  const labels = faults.map(({ key, place }) => (place === undefined ? key : `${key} (${place})`))
  const width = Math.min(LABEL_WIDTH_MAX, Math.max(0, ...labels.map((label) => label.length)))
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`
  const lines = faults.flatMap(({ problem, fix }, index) => [
    `  ${labels[index]?.padEnd(width)}  ${problem}`,
    `  ${' '.repeat(width)}  Fix: ${fix}`,
  ])
  return [`The configuration has ${count}; nothing was started.`, '', ...lines].join('\n')
}

/** A longer key pushes its own line to the right and no other's. */
const LABEL_WIDTH_MAX = 60

/** The fix for a setting that names something else in the file. */
export function didYouMeanOneOf(meant: string | undefined, known: readonly string[], what: string): string {
  if (meant) return `Did you mean ${meant}?`
  return known.length > 0 ? `Write one of ${known.join(', ')}.` : `Add the ${what}, or remove this.`
}

/** The fix for a name that nobody knows. */
export function didYouMean(meant: string | undefined, known: readonly string[]): string {
  if (meant) return `Did you mean ${meant}? If not, remove it.`
  return known.length > 0 ? `Remove it. Known here: ${known.join(', ')}.` : 'Remove it.'
}
