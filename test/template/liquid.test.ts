import { AssignTag, ForTag, IncludeTag, type Liquid, RenderTag } from 'liquidjs'
import { describe, expect, test } from 'vitest'
import { FILTERS, makeEngine, parseBody, renderBody, TAGS } from '../../src/template/liquid.ts'

describe('only what is on the list exists', () => {
  test('tags and filters are exactly the lists', () => {
    const engine = makeEngine()
    expect(Object.keys(engine.tags).toSorted()).toEqual([...TAGS].toSorted())
    expect(Object.keys(engine.filters).toSorted()).toEqual([...FILTERS].toSorted())
  })

  test.each([
    `{% include '/etc/passwd' %}`,
    `{% render 'package.json' %}`,
    `{% layout 'package.json' %}`,
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% capture x %}x{% endcapture %}',
    '{% liquid\necho 1 %}',
    '{% constructor %}',
    '{% __proto__ %}',
    '{{ x.y | constructor }}',
    '{{ x.y | raw }}',
    '{{ x.y | where: 1 }}',
    '{{ x.y | inspect }}',
  ])('does not parse: %j', (source) => {
    expect(() => parseBody(source)).toThrow(/not found|undefined filter/)
  })
})

describe('behind the list the engine is locked too', () => {
  const scope = { x: { y: 'value' } }

  test.each([
    '{{ x.constructor }}',
    '{{ x.__proto__ }}',
    '{{ x.y.constructor }}',
    `{{ x['constructor']['constructor'] }}`,
    '{{ constructor }}',
    '{{ process }}',
    '{{ globalThis }}',
    '{{ x.toString }}',
  ])('no way to what the objects are made of: %s', (source) => {
    expect(() => renderBody(parseBody(source), scope)).toThrow(/undefined variable/)
  })

  test('a range of a billion is stopped by the memory limit', () => {
    expect(() => renderBody(parseBody('{% if (1..1000000000) %}x{% endif %}'), scope)).toThrow(/memory alloc limit/)
  })

  test('a text that grows and grows is stopped by the memory limit', () => {
    const bomb = `{{ x.y ${'| append: x.y'.repeat(1)} }}`
    expect(() => parseBody(bomb)).toThrow(/undefined filter/)
    const shout = `{{ x.y ${'| upcase '.repeat(1000)} }}`
    expect(() => renderBody(parseBody(shout), { x: { y: 'y'.repeat(1000) } })).toThrow(/memory alloc limit/)
  })

  test('a loop that nobody could write is stopped by the memory limit', () => {
    const engine = opened('for', ForTag)
    const nested =
      '{% for a in (1..1000) %}{% for b in (1..90) %}{% for c in (1..10) %}x{% endfor %}{% endfor %}{% endfor %}'
    expect(() => engine.renderSync(engine.parse(nested), scope)).toThrow(/memory alloc limit/)
  })

  test.each([
    ['include', IncludeTag, '{% include package.json %}'],
    ['render', RenderTag, '{% render ./package.json %}'],
    ['include', IncludeTag, '{% include /etc/hostname %}'],
  ])('what nobody could write, %s, finds no file', (name, tag, source) => {
    const engine = opened(name, tag)
    expect(() => engine.renderSync(engine.parse(source), scope)).toThrow(/ENOENT|Failed to lookup/)
  })

  test('text that was assigned is still only text', () => {
    const engine = opened('assign', AssignTag)
    const source = `{% assign z = x.y %}{{ z }}`
    expect(engine.renderSync(engine.parse(source), { x: { y: '{{ x.y }} *b*' } })).toBe('{{ x.y }} \\*b\\*')
  })

  test('a huge text is not parsed at all', () => {
    expect(() => parseBody('x'.repeat(20_001))).toThrow(/parse length limit/)
  })

  function opened(name: string, tag: Parameters<Liquid['registerTag']>[1]) {
    const engine = makeEngine()
    engine.registerTag(name, tag)
    return engine
  }
})
