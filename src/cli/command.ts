// The command line: which words there are and what each does.
import { parseArgs } from 'node:util'
import { ConfigError, renderFaults } from '../config.ts'
import { nearest } from '../nearest.ts'

/** Resolves to the exit code. */
export type Command = (words: readonly string[]) => Promise<number>

/** Each is loaded when it is called: whoever starts the program does not wait for the demo's stand-ins. */
const COMMANDS: Record<string, { load(): Promise<Command>; says: string }> = {
  start: {
    load: async () => (await import('./start.ts')).start,
    says: 'Run Deskbell. Reads deskbell.yaml, or the file named by --config.',
  },
  demo: {
    load: async () => (await import('./demo.ts')).runDemo,
    says: 'Play all of it on a page of this machine, without any account. --story tells a story instead; --json ends with its counts.',
  },
  migrate: {
    load: async () => (await import('./migrate.ts')).migrate,
    says: 'Bring the database up to this version; start does it too.',
  },
  templates: {
    load: async () => (await import('./templates.ts')).templates,
    says: 'templates check: say what is wrong with which letter, in the folder and in the database. preview NAME: show one as a customer gets it. used: how often each was sent.',
  },
  mailbox: {
    load: async () => (await import('./mailbox.ts')).mailbox,
    says: 'mailbox login NAME: sign in to a mailbox by OAuth, in a browser. Says what to set.',
  },
  discord: {
    load: async () => (await import('./discord.ts')).discord,
    says: 'discord register [SERVER-ID]: tell Discord of the commands that people see there.',
  },
  parked: {
    load: async () => (await import('./parked.ts')).parked,
    says: 'List what waits for your decision. parked retry ID: try that one again.',
  },
  why: {
    load: async () => (await import('./why.ts')).why,
    says: 'why ID or ADDRESS: why that customer counts as waiting until when. Also while Deskbell runs.',
  },
  rebuild: {
    load: async () => (await import('./rebuild.ts')).rebuild,
    says: 'Compute every window from the facts and put right what differs. --check changes nothing.',
  },
  manifest: {
    load: async () => (await import('./manifest.ts')).printManifest,
    says: 'Print the Slack app manifest to paste at api.slack.com/apps.',
  },
}

const USAGE_ERROR = 2

/** Resolves to the exit code, having said on the terminal whatever went wrong. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    const faults = error instanceof ConfigError ? renderFaults(error.faults) : undefined
    process.stderr.write(faults ?? `${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: { config: { type: 'string' } },
  })
  const [word] = positionals
  if (word === undefined || word === 'help' || argv.includes('--help')) {
    process.stdout.write(usage())
    return word === undefined && !argv.includes('--help') ? USAGE_ERROR : 0
  }
  const command = COMMANDS[word]
  if (!command) {
    const meant = nearest(word, Object.keys(COMMANDS))
    process.stderr.write(`There is no command "${word}".${meant ? ` Did you mean "${meant}"?` : ''}\n\n${usage()}`)
    return USAGE_ERROR
  }
  const run = await command.load()
  return await run(argv.filter((argument) => argument !== word))
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((word) => word.length))
  const lines = Object.entries(COMMANDS).map(([word, { says }]) => `  ${word.padEnd(width)}  ${says}`)
  return `Usage: npm run deskbell -- COMMAND [--config FILE]\n\n${lines.join('\n')}\n`
}
