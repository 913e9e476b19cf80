// A small valid configuration, and reading it with something changed.
import { expect } from 'vitest'
import { type Config, type Fault, readConfig, renderFaults } from '../../src/config.ts'

export const ENV = {
  SLACK_BOT_TOKEN: 'xoxb-1-bot',
  SLACK_APP_TOKEN: 'xapp-1-app',
  DESKBELL_EMAIL_SUPPORT_PASSWORD: 'open sesame',
}

export const YAML = `
desks:
  support:
    channel: C0123ABCDEF
    leads: [U0123ABCDEF]
email:
  support:
    address: Support@Example.com
    aliases: [Help@example.com]
    imap: { host: imap.example.com }
    smtp: { host: smtp.example.com, tls: starttls }
`

export function read(text: string | undefined, env: Record<string, string | undefined> = ENV) {
  return readConfig({ ...(text !== undefined && { yaml: { path: 'deskbell.yaml', text } }), env })
}

export function configOf(text: string | undefined, env?: Record<string, string | undefined>): Config {
  const result = read(text, env)
  if ('faults' in result) throw new Error(renderFaults(result.faults))
  return result.config
}

export function faultsOf(text: string | undefined, env?: Record<string, string | undefined>): Fault[] {
  const result = read(text, env)
  return 'faults' in result ? result.faults : []
}

export function inDesk(line: string): string {
  return YAML.replace('leads:', `${line}\n    leads:`)
}

export function inMailbox(line: string): string {
  return YAML.replace('aliases:', `${line}\n    aliases:`)
}

export function expectFault(faults: Fault[], key: string, problem: RegExp, fix: RegExp): void {
  expect(faults.map((fault) => fault.key)).toEqual([key])
  expect(faults[0]?.problem).toMatch(problem)
  expect(faults[0]?.fix).toMatch(fix)
}
