// deskbell manifest: the Slack app as this version and this configuration need it, nothing more. It is asked for before there are tokens.

import { customersIn } from '../config/customers.ts'
import { readSources } from '../config/source.ts'
import { parseYaml, pick } from '../config/yaml.ts'
import { MANIFEST } from '../desk/manifest.ts'
import { type CustomersUse, customersOnly, withCustomers } from '../desk/manifest-customers.ts'
import { nearest } from '../nearest.ts'
import type { Command } from './command.ts'

const USAGE_ERROR = 2

export const printManifest: Command = async (words) => {
  const { yaml } = await readSources({ argv: words, env: process.env })
  const customers = customersIn(parseYaml(yaml).data ?? {})
  const name = words.find((word, n) => !word.startsWith('--') && words[n - 1] !== '--config')
  if (name === undefined) {
    const onThisApp = customers.flatMap(([, section]) => (pick(section, 'own_app') === true ? [] : [section]))
    print(withCustomers(MANIFEST, useOf(onThisApp)))
    return 0
  }
  const own = customers.find(([known, section]) => known === name && pick(section, 'own_app') === true)
  if (!own) {
    const names = customers.flatMap(([known, section]) => (pick(section, 'own_app') === true ? [known] : []))
    const meant = nearest(name, names)
    process.stderr.write(`No app of its own is at slack.customers.${name}.${meant ? ` Did you mean ${meant}?` : ''}\n`)
    return USAGE_ERROR
  }
  print(customersOnly(MANIFEST, useOf([own[1]])))
  return 0
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
