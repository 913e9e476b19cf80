// deskbell manifest: the Slack app as this version and this configuration need it, nothing more. It is asked for before there are tokens.

import { customersIn, customersPath, isHttpApp } from '../config/customers.ts'
import { DEFAULTS } from '../config/default.ts'
import { readSources } from '../config/source.ts'
import { parseYaml, pick } from '../config/yaml.ts'
import { MANIFEST, withRequests } from '../desk/manifest.ts'
import { type CustomersUse, customersOnly, withCustomers } from '../desk/manifest-customers.ts'
import { nearest } from '../nearest.ts'
import type { Command } from './command.ts'

const USAGE_ERROR = 2

export const printManifest: Command = async (words) => {
  const { yaml } = await readSources({ argv: words, env: process.env })
  const data = parseYaml(yaml).data ?? {}
  const customers = customersIn(data)
  const name = words.find((word, n) => !word.startsWith('--') && words[n - 1] !== '--config')
  if (name === undefined) {
    const onThisApp = customers.flatMap(([, section]) => (pick(section, 'own_app') === true ? [] : [section]))
    const manifest = withCustomers(MANIFEST, useOf(onThisApp))
    if (pick(data, 'slack', 'mode') !== 'http') print(manifest)
    else {
      const url = requestUrl(pick(data, 'slack', 'public_url'), pick(data, 'slack', 'path'))
      if (url === undefined) return complain('slack.public_url', NO_URL)
      print(withRequests(manifest, url))
    }
    return 0
  }
  const own = customers.find(([known, section]) => known === name && pick(section, 'own_app') === true)
  if (!own) {
    const names = customers.flatMap(([known, section]) => (pick(section, 'own_app') === true ? [known] : []))
    const meant = nearest(name, names)
    process.stderr.write(`No app of its own is at slack.customers.${name}.${meant ? ` Did you mean ${meant}?` : ''}\n`)
    return USAGE_ERROR
  }
  const isHttp = isHttpApp(own[1], pick(data, 'slack', 'mode') === 'http')
  const path = customersPath(name, pick(own[1], 'path'), pick(data, 'slack', 'path'))
  const written = pick(own[1], 'public_url')
  const url = written === undefined ? below(pick(data, 'slack', 'public_url'), path) : requestUrl(written, path)
  if (isHttp && url === undefined) return complain(`slack.customers.${name}.public_url`, NO_URL)
  print(customersOnly(MANIFEST, useOf([own[1]]), isHttp ? url : undefined))
  return 0
}

const NO_URL = 'is not an https address; write the one under which Slack reaches the app’s path'

/** On the machine that the desk's app is reached at. */
function below(deskUrl: unknown, path: string): string | undefined {
  const url = requestUrl(deskUrl, path)
  return url && new URL(path, url).href
}

function complain(key: string, problem: string): number {
  process.stderr.write(`${key} ${problem}.\n`)
  return USAGE_ERROR
}

/** An address without a path is the machine's own, and there it is reached under the path it listens to. */
function requestUrl(written: unknown, path: unknown): string | undefined {
  if (typeof written !== 'string' || !URL.canParse(written)) return undefined
  const url = new URL(written)
  if (url.protocol !== 'https:') return undefined
  return url.pathname === '/' ? new URL(typeof path === 'string' ? path : DEFAULTS.slack.path, url).href : url.href
}

function print(manifest: object): void {
  process.stdout.write(`${JSON.stringify(manifest, undefined, 2)}\n`)
}

function useOf(sections: readonly unknown[]): CustomersUse {
  const channels = sections.flatMap((section): unknown[] => {
    const written = pick(section, 'channels')
    return Array.isArray(written) ? written : []
  })
  return {
    channels: channels.length > 0,
    direct: sections.some((section) => pick(section, 'direct_messages') === true),
    manual: channels.some((channel) => pick(channel, 'manual') === true),
  }
}
