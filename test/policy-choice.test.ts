import { describe, expect, test } from 'vitest'
import { choosePolicy, findTies, type PolicySettings } from '../src/policy-choice.ts'
import { parseTarget } from '../src/target.ts'

type Criteria = Pick<PolicySettings, 'desk' | 'channel' | 'tier'>

const makePolicy = (name: string, criteria: Criteria): PolicySettings => ({
  name,
  ...criteria,
  window: parseTarget('calendar:24h'),
  ladder: 'standard',
})

const OWN = [makePolicy('support', { desk: 'support' }), makePolicy('sales', { desk: 'sales' })]
const GOLD_MAIL = { desk: 'support', channel: 'email:support', tier: 'gold' }

describe('which promise a conversation is under', () => {
  const chosen = (criteria: Criteria[], about: { desk: string; channel: string; tier?: string }) =>
    choosePolicy([...criteria.map((each, index) => makePolicy(`p${index}`, each)), ...OWN], about).name

  test("W14: without an exception it is the desk's own", () => {
    expect(chosen([], GOLD_MAIL)).toBe('support')
    expect(chosen([{ desk: 'sales' }, { tier: 'silver' }, { channel: 'discord' }], GOLD_MAIL)).toBe('support')
  })

  test.each<[string, Criteria]>([
    ['of a channel', { channel: 'email' }],
    ['of a tier', { tier: 'gold' }],
    ['of the desk', { desk: 'support' }],
  ])("W14: any exception goes before the desk's own promise: one %s", (_title, criteria) => {
    expect(chosen([criteria], GOLD_MAIL)).toBe('p0')
  })

  test('W14: of several that fit the one with more criteria wins, wherever it stands', () => {
    const all = [
      { tier: 'gold' },
      { desk: 'support', tier: 'gold' },
      { desk: 'support', channel: 'email', tier: 'gold' },
    ]
    expect(chosen(all, GOLD_MAIL)).toBe('p2')
    expect(chosen(all.toReversed(), GOLD_MAIL)).toBe('p0')
    expect(chosen(all, { ...GOLD_MAIL, channel: 'discord' })).toBe('p1')
  })

  test('W14: a very channel goes before its kind, but not before one more criterion', () => {
    expect(chosen([{ channel: 'email' }, { channel: 'email:support' }], GOLD_MAIL)).toBe('p1')
    expect(chosen([{ channel: 'email:support' }, { channel: 'email', tier: 'gold' }], GOLD_MAIL)).toBe('p1')
    expect(chosen([{ channel: 'email:shop' }], GOLD_MAIL)).toBe('support')
    expect(chosen([{ channel: 'mail' }], GOLD_MAIL)).toBe('support')
  })

  test('W14: a contact of no tier is under no policy of a tier', () => {
    expect(chosen([{ tier: 'gold' }], { desk: 'support', channel: 'email:support' })).toBe('support')
  })
})

describe('two that fit equally well', () => {
  const ties = (...criteria: Criteria[]) =>
    findTies([...criteria.map((each, index) => makePolicy(`p${index}`, each)), ...OWN]).map(({ a, b }) => `${a} ${b}`)

  test('W14: a tie is found where both can meet on one conversation', () => {
    expect(ties({ desk: 'support', tier: 'gold' }, { desk: 'support', channel: 'email' })).toEqual(['p0 p1'])
    expect(ties({ tier: 'gold' }, { channel: 'email' })).toEqual(['p0 p1'])
    expect(ties({ channel: 'email', tier: 'gold' }, { channel: 'email', tier: 'gold' })).toEqual(['p0 p1'])
  })

  test('W14: those that never meet, or of which one is more specific, are no tie', () => {
    expect(ties({ desk: 'support', tier: 'gold' }, { desk: 'sales', channel: 'email' })).toEqual([])
    expect(ties({ tier: 'gold' }, { tier: 'silver' })).toEqual([])
    expect(ties({ channel: 'email' }, { channel: 'discord' })).toEqual([])
    expect(ties({ channel: 'email:a', tier: 'gold' }, { channel: 'email:b', tier: 'gold' })).toEqual([])
    expect(ties({ channel: 'email' }, { channel: 'email:support' })).toEqual([])
  })

  test('W14: a third one that decides wherever two meet settles it, and one that does not always fit does not', () => {
    const two = [
      { desk: 'support', tier: 'gold' },
      { desk: 'support', channel: 'email' },
    ]
    expect(ties(...two, { desk: 'support', channel: 'email', tier: 'gold' })).toEqual([])
    expect(ties(...two, { desk: 'support', channel: 'email:shop', tier: 'gold' })).toEqual(['p0 p1'])
  })

  test('where no tie is found, no conversation has two policies that fit best', () => {
    const options = {
      desk: [undefined, 'support'],
      channel: [undefined, 'email', 'email:support'],
      tier: [undefined, 'gold'],
    }
    const all = options.desk.flatMap((desk) =>
      options.channel.flatMap((channel) =>
        options.tier.map((tier) => ({ ...(desk && { desk }), ...(channel && { channel }), ...(tier && { tier }) })),
      ),
    )
    const written = all.filter((criteria) => Object.keys(criteria).length > 0)
    for (const a of written)
      for (const b of written.filter((each) => each !== a)) {
        const orders = [
          [a, b],
          [b, a],
        ].map((pair) => pair.map((each) => makePolicy(JSON.stringify(each), each)))
        const chosen = orders.map((pair) => choosePolicy([...pair, ...OWN], GOLD_MAIL).name)
        expect(chosen[0] === chosen[1], JSON.stringify([a, b])).toBe(ties(a, b).length === 0)
      }
  })
})
