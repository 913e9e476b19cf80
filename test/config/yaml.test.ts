import { describe, expect, test } from 'vitest'
import { faultsOf } from './reading.ts'

describe('a file that is not YAML', () => {
  test.each([
    ['a: 1\na: 2', 'deskbell.yaml:2:1', /repeats a key/],
    ['log:\n\tlevel: info', 'deskbell.yaml:2:1', /tab/],
    ['log: { level: "info }', /^deskbell\.yaml:1:/, /closing/],
    ['- a\n- b', 'deskbell.yaml', /does not hold settings/],
    ['hello', 'deskbell.yaml', /does not hold settings/],
    ['a: *nowhere', /^deskbell\.yaml/, /anchor|settings/],
  ])('%j says where', (yaml, key, problem) => {
    const [fault] = faultsOf(yaml, {})
    expect(fault?.key).toMatch(key)
    expect(fault?.problem).toMatch(problem)
  })

  test('an alias bomb and a huge file end at once', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`).join('\n')}`
    expect(faultsOf(bomb, {})).not.toEqual([])
    expect(faultsOf(`# ${'x'.repeat(300_000)}`, {})).not.toEqual([])
  })

  test('keys that JavaScript keeps for itself change nothing', () => {
    const faults = faultsOf('__proto__: { log: { level: debug } }\nconstructor: 1', {})
    expect(faults.map((fault) => fault.key).toSorted()).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>).log).toBeUndefined()
  })
})
