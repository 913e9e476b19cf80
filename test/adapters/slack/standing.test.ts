// Q12: the table of who is who, row by row.
import { describe, expect, test } from 'vitest'
import { type Author, type Person, type PersonRule, standingOf, type Where } from '../../../adapters/slack/standing.ts'

const us = { team: 'T0US', user: 'U0BOT', bot: 'B0BOT' }
const table = (people: PersonRule[] = []) => ({ us, trustedBots: ['B0GOOD'], people })
const author = (person: Partial<Person> | undefined, more: Partial<Author> = {}): Author => ({
  user: 'U0ANN',
  person: person && { name: 'Ann', ...person },
  botId: undefined,
  ...more,
})

const OURS = { team: 'T0US' }
const GUEST = { team: 'T0US', isGuest: true }
const THEIRS = { team: 'T0ACME', domain: 'acme.example' }

describe('Q12: without a rule of the operator’s', () => {
  test.each<[string, Author, Where, string]>([
    ['somebody of another organisation is a customer', author(THEIRS), 'shared', 'customer'],
    ['so are they in a community', author(THEIRS), 'community', 'customer'],
    ['so are they in a direct message', author(THEIRS), 'direct', 'customer'],
    ['a guest of our workspace is a customer', author(GUEST), 'shared', 'customer'],
    ['one of us in a shared channel is one of us', author(OURS), 'shared', 'staff'],
    ['in a community that depends on whether an agent has their id', author(OURS), 'community', 'resident'],
    ['in a direct message as well', author(OURS), 'direct', 'resident'],
    [
      'somebody of whom nothing is known is a customer if no agent has their id',
      author(undefined),
      'shared',
      'resident',
    ],
    ['whose team Slack does not name, neither', author({}), 'shared', 'resident'],
    ['our own posts are ours', author(undefined, { botId: 'B0BOT' }), 'shared', 'own'],
    ['our own user is ours', author(undefined, { user: 'U0BOT' }), 'shared', 'own'],
    ['another app is nobody', author(undefined, { botId: 'B0OTHER' }), 'shared', 'nobody'],
    ['an app that shows itself as a person is nobody', author({ ...THEIRS, isBot: true }), 'shared', 'nobody'],
    ['a trusted app is a customer', author(undefined, { user: undefined, botId: 'B0GOOD' }), 'shared', 'customer'],
    ['Slack’s own voice is nobody', author(undefined, { user: 'USLACKBOT' }), 'direct', 'nobody'],
  ])('%s', (_says, who, where, standing) => {
    expect(standingOf(table(), who, where)).toBe(standing)
  })
})

describe('Q12: a rule of the operator’s', () => {
  test.each<[string, PersonRule[], Author, Where, string]>([
    ['by team', [{ team: 'T0ACME', is: 'staff' }], author(THEIRS), 'shared', 'staff'],
    ['by domain', [{ domain: 'acme.example', is: 'helper' }], author(THEIRS), 'community', 'helper'],
    ['by role', [{ role: 'guest', is: 'nobody' }], author(GUEST), 'community', 'nobody'],
    ['by person', [{ user: 'U0ANN', is: 'customer' }], author(OURS), 'shared', 'customer'],
    ['only where it is for', [{ role: 'member', where: 'direct', is: 'staff' }], author(OURS), 'community', 'resident'],
    ['only if all of it fits', [{ team: 'T0ACME', role: 'guest', is: 'nobody' }], author(THEIRS), 'shared', 'customer'],
    [
      'the first that fits decides',
      [
        { user: 'U0ANN', is: 'helper' },
        { team: 'T0ACME', is: 'nobody' },
      ],
      author(THEIRS),
      'shared',
      'helper',
    ],
    ['never makes an app a person', [{ is: 'customer' }], author(undefined, { botId: 'B0OTHER' }), 'shared', 'nobody'],
    ['never makes us a customer', [{ is: 'customer' }], author(undefined, { botId: 'B0BOT' }), 'shared', 'own'],
  ])('%s', (_says, rules, who, where, standing) => {
    expect(standingOf(table(rules), who, where)).toBe(standing)
  })
})

test('Q12: in an organisation of several workspaces people of all of them are ours, and those of another are not', () => {
  const inOrganisation = { ...table(), us: { ...us, enterprise: 'E0US' } }
  const of = (enterprise: string) => author({ team: 'T0SECOND', enterprise })
  expect(standingOf(inOrganisation, of('E0US'), 'shared')).toBe('staff')
  expect(standingOf(inOrganisation, author({ team: 'E0US' }), 'shared')).toBe('staff')
  expect(standingOf(inOrganisation, of('E0OTHER'), 'shared')).toBe('customer')
  expect(standingOf(table(), of('E0US'), 'shared')).toBe('customer')
})
