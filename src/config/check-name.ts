// Every name that stands for something else in the file: it must be there, or the one that was meant is suggested.
import { nearest } from '../nearest.ts'
import { DEFAULTS } from './default.ts'
import { didYouMeanOneOf, type Fault } from './fault.ts'
import { type Data, named, pick } from './yaml.ts'

export function checkNames(data: Data): Fault[] {
  const desks = Object.keys(named(data, 'desks'))
  const calendars = Object.keys(named(data, 'calendars'))
  const tiers = Object.keys(named(data, 'tiers'))
  const ladders = [...new Set([...Object.keys(DEFAULTS.ladders), ...Object.keys(named(data, 'ladders'))])]
  const ofDesks = Object.entries(named(data, 'desks')).flatMap(([name, desk]) => {
    const excepted = pick(desk, 'quiet', 'except_tiers')
    return [
      ...unknownName(`desks.${name}.calendar`, pick(desk, 'calendar'), calendars, 'calendar'),
      ...unknownName(`desks.${name}.ladder`, pick(desk, 'ladder'), ladders, 'ladder'),
      ...(Array.isArray(excepted) ? excepted : []).flatMap((tier: unknown, index) =>
        unknownName(`desks.${name}.quiet.except_tiers.${index}`, tier, tiers, 'tier'),
      ),
    ]
  })
  const ofPolicies = Object.entries(named(data, 'policies')).flatMap(([name, policy]) => [
    ...unknownName(`policies.${name}.desk`, pick(policy, 'desk'), desks, 'desk'),
    ...unknownName(`policies.${name}.calendar`, pick(policy, 'calendar'), calendars, 'calendar'),
    ...unknownName(`policies.${name}.ladder`, pick(policy, 'ladder'), ladders, 'ladder'),
    ...unknownName(`policies.${name}.tier`, pick(policy, 'tier'), tiers, 'tier'),
    ...unknownChannel(`policies.${name}.channel`, pick(policy, 'channel'), Object.keys(named(data, 'email'))),
  ])
  return [...ofDesks, ...ofPolicies]
}

function unknownName(key: string, written: unknown, known: string[], what: string): Fault[] {
  if (typeof written !== 'string' || known.includes(written.trim())) return []
  const fix = didYouMeanOneOf(nearest(written, known), known, what)
  return [{ key, problem: `names no ${what} of this file`, fix }]
}

const CHANNEL_KINDS = ['email', 'discord', 'slack']

/** Mailboxes have names in this file; the others are taken at their word. */
function unknownChannel(key: string, written: unknown, mailboxes: string[]): Fault[] {
  if (typeof written !== 'string' || CHANNEL_KINDS.includes(written) || /^(discord|slack):\S+$/.test(written)) return []
  const known = [...CHANNEL_KINDS, ...mailboxes.map((name) => `email:${name}`)]
  if (known.includes(written)) return []
  return [{ key, problem: 'is no channel', fix: didYouMeanOneOf(nearest(written, known), known, 'channel') }]
}
