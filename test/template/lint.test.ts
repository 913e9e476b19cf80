import { describe, expect, test } from 'vitest'
import { faultsOf, letterOf } from './letters.ts'

/** The place is in the file: the body begins on line 6. */
type Row = [body: string, place: [line: number, column: number], message: RegExp, hint: RegExp]

describe('T1: a field nobody knows is refused with the place and the nearest name', () => {
  const rows: Row[] = [
    ['Hi {{ contact.frist_name }}', [6, 7], /no field contact\.frist_name/, /Did you mean contact\.first_name\?/],
    ['Hi,\n\n  {{ agent.nam }}', [8, 6], /no field agent\.nam/, /Did you mean agent\.name\?/],
    ['{{ contact }}', [6, 4], /no field contact/, /Did you mean contact\.\w+\?/],
    ['{{ order.number }}', [6, 4], /no field order\.number/, /Fields: contact\.greeting, /],
    ['{{ contact.name.size }}', [6, 4], /no field contact\.name\.size/, /contact\.name/],
    ['{{ contact.constructor }}', [6, 4], /no field contact\.constructor/, /Fields|Did you mean/],
    ['{{ contact.__proto__ }}', [6, 4], /no field contact\.__proto__/, /Fields|Did you mean/],
    ['{{ constructor }}', [6, 4], /no field constructor/, /Fields/],
    ['{% if contact.nmae %}x{% endif %}', [6, 7], /no field contact\.nmae/, /contact\.name/],
    [`{% if agent.name == 'x' and desk.nam %}x{% endif %}`, [6, 29], /no field desk\.nam/, /desk\.name/],
    ['{% if agent.name %}a{% elsif agent.nme %}b{% endif %}', [6, 30], /no field agent\.nme/, /agent\.name/],
    ['{% unless foo %}x{% endunless %}', [6, 11], /no field foo/, /Fields/],
  ]
  test.each(rows)('%s', (body, [line, column], message, hint) => {
    expect(faultsOf(body)).toEqual([
      { file: 'en/test.md', line, column, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ])
  })

  test('all of them at once, in order', () => {
    const faults = faultsOf('{{ a.b }} {{ c.d }}\n{{ contact.name }}\n`{{ agent.name }}`')
    expect(faults.map(({ line, column }) => [line, column])).toEqual([
      [6, 4],
      [6, 14],
      [7, 4],
      [8, 2],
    ])
  })
})

describe('T1: a field that may be empty needs a fallback', () => {
  test.each([
    'Hi {{ contact.first_name }}',
    'Hi {{ contact.first_name | upcase }}',
    `Hi {{ contact.first_name | default: '' }}`,
    `Hi {{ contact.first_name | default: "  " }}`,
    '{% if contact.name %}Hi {{ contact.first_name }}{% endif %}',
    '{% if contact.first_name %}Hi{% endif %} {{ contact.first_name }}',
    '{% if contact.first_name %}Hi{% else %}{{ contact.first_name }}{% endif %}',
    '{% unless contact.first_name %}{{ contact.first_name }}{% endunless %}',
    `{% if contact.first_name != 'x' %}{{ contact.first_name }}{% endif %}`,
    '{% if contact.first_name or agent.name %}{{ contact.first_name }}{% endif %}',
    '{% if contact.first_name %}a{% elsif agent.name %}{{ contact.first_name }}{% endif %}',
  ])('refused: %s', (body) => {
    const [fault, ...others] = faultsOf(body)
    expect(fault?.message).toMatch(/^contact\.first_name may be empty and has no /)
    expect(fault?.hint).toContain('{{ contact.first_name | default: ')
    expect(others).toEqual([])
  })

  test.each([
    `Hi {{ contact.first_name | default: 'there' }}`,
    `Hi {{contact.first_name|default:"there"|upcase}}`,
    `Hi {{- contact.first_name | capitalize | default: 'there' -}}`,
    '{% if contact.first_name %}Hi {{ contact.first_name }}{% else %}Hello{% endif %}',
    '{% unless contact.first_name %}Hello{% else %}Hi {{ contact.first_name }}{% endunless %}',
    '{% if contact.first_name %}{% if contact.name %}{{ contact.first_name }} {{ contact.name }}{% endif %}{% endif %}x',
    `{% if agent.name == 'x' %}a{% elsif contact.name %}{{ contact.name }}{% else %}b{% endif %}`,
    `{{ contact.first_name | default: '⟦the name⟧' }}`,
    'Regards, {{ agent.first_name }}, {{ desk.name }} ({{ conversation.channel }})',
    `{% if conversation.channel == 'email' %}a{% else %}b{% endif %}`,
    '{% comment %}{{ nobody.knows }}{% if also.not %}{% endcomment %}x',
    '{% # a remark %}x',
    '{% raw %}{{ nobody.knows }}{% endraw %}',
  ])('good: %s', (body) => {
    expect(faultsOf(body)).toEqual([])
  })
})

describe('broken syntax names the place and the way out', () => {
  const rows: Row[] = [
    ['a\nb {{ agent.name', [7, 3], /not closed/, /Close it with \}\}/],
    ['{% if agent.name %}x', [6, 1], /not closed/, /Add \{% endif %\}/],
    ['{% if agent.name }x{% endif %}', [6, 19], /expected/, /Write a field like/],
    ['x{% endif %}', [6, 2], /"endif" not found/, /no \{% if %\} before it/],
    ['{% for x in (1..9) %}x{% endfor %}', [6, 1], /"for" not found/, /Tags that a letter may use: if, /],
    ['{% iff agent.name %}x{% endif %}', [6, 1], /"iff" not found/, /Did you mean if\?/],
    [`{% assign x = 'y' %}`, [6, 1], /"assign" not found/, /may use/],
    ['{{ agent.name | upcas }}', [6, 1], /undefined filter: upcas/, /Did you mean upcase\?/],
    ['{{ agent.name | json }}', [6, 1], /undefined filter: json/, /Filters that a letter may use/],
    [`{{ agent.name default: 'x' }}`, [6, 23], /expected "\|"/, /Write a field like/],
    ['{{ agent.name foo }}', [6, 1], /not a field with filters/, /Write one field/],
    ['{{ }}', [6, 4], /invalid value/, /Write a field like/],
    [`{{ 'text' }}`, [6, 1], /not a field with filters/, /Write one field/],
    [`{{ agent['name'] }}`, [6, 1], /not a field with filters/, /Write one field/],
    ['{{ contact.name | default: agent.name }}', [6, 1], /not a field with filters/, /Write one field/],
    ['{% if (1..999999999) %}x{% endif %}', [6, 1], /no condition that a letter may use/, /comparison/],
    ['{% if agent.name x %}x{% endif %}', [6, 1], /no condition/, /comparison/],
    ['Dear ⟦name, hello', [6, 6], /blank is not closed/, /on one line/],
    ['Dear ⟦ ⟧', [6, 6], /says nothing/, /⟦the new date⟧/],
    ['Dear name⟧', [6, 10], /not closed/, /⟦/],
    ['', [6, 1], /letter is empty/, /below the front matter/],
    ['{% if contact.name %}x{% endif %}', [6, 1], /may come out empty/, /\{% else %\}/],
  ]
  test.each(rows)('%j', (body, [line, column], message, hint) => {
    const [fault] = faultsOf(body)
    expect(fault?.message).toMatch(message)
    expect(fault?.hint).toMatch(hint)
    expect([fault?.line, fault?.column]).toEqual([line, column])
  })
})

describe('T3: a field stands only where Markdown reads escapes', () => {
  test.each([
    ['`{{ agent.name }}`', 'code'],
    ['```\n{{ agent.name }}\n```', 'code'],
    ['~~~\n{{ agent.name }}', 'code'],
    ['[x](http://example.com/{{ agent.name }})', 'link'],
    ['[x]: http://example.com/{{ agent.name }}', 'link'],
    ['<a href="{{ agent.name }}">x</a>', 'HTML'],
    ['<http://example.com/{{ agent.name }}>', 'HTML'],
  ])('%j', (body, place) => {
    expect(faultsOf(body)[0]?.message).toContain('a field cannot stand in')
    expect(faultsOf(body)[0]?.message).toContain(place)
  })

  test('beside code, in a link text or in bold it is fine', () => {
    letterOf(
      '`code` {{ agent.name }} `code`\n\n```\ncode\n```\n[{{ desk.name }}](http://example.com) **{{ agent.name }}**',
    )
  })
})
