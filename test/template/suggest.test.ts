import { describe, expect, test } from 'vitest'
import { type Letter, parseLetter } from '../../src/template/letter.ts'
import { indexLetters } from '../../src/template/suggest.ts'
import { tokensOf } from '../../src/template/token.ts'

function letterOf(name: string, about: { title: string; tags?: string[]; body?: string; language?: string }): Letter {
  const { title, tags = [], body = 'Hello.', language = 'en' } = about
  const head = `---\ntitle: ${title}\nwhen: ${title}\nlanguage: ${language}\ntags: ${JSON.stringify(tags)}\n---\n`
  const parsed = parseLetter({ path: `${name}.md`, language, name }, head + body)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return parsed.letter
}

const LETTERS = [
  letterOf('refund', { title: 'Your refund', tags: ['refund', 'money', 'paid back'] }),
  letterOf('delay', { title: 'It takes longer', tags: ['late', 'waiting', 'delivery', 'parcel'] }),
  letterOf('password', { title: 'Access', tags: ['password', 'login', 'account'] }),
  letterOf('invoice', { title: 'Your invoice', tags: ['invoice', 'bill', 'tax'] }),
  letterOf('damaged', { title: 'It arrived damaged', tags: ['broken', 'damaged', 'scratched'] }),
]

const first = (letters: Letter[], words: string) => indexLetters(letters).suggest(words, 3)[0]?.name

describe('T8: the letter that fits what the customer wrote', () => {
  test.each([
    ['I want my money back!', 'refund'],
    ['When will you refund me? I paid twice.', 'refund'],
    ['Still WAITING for the parcels', 'delay'],
    ['I cannot log in, I forgot my passwords', 'password'],
    ['Please send the invoices for our taxes', 'invoice'],
    ['The glass came scratched and broken.', 'damaged'],
  ])('%s: %s', (words, name) => {
    expect(first(LETTERS, words)).toBe(name)
  })

  test.each(['', 'Hi', '???', 'Wombats like bananas'])('%j: none fits', (words) => {
    expect(indexLetters(LETTERS).suggest(words, 3)).toEqual([])
  })

  test('in German, Spanish and Chinese', () => {
    const de = [
      letterOf('refund', { title: 'Erstattung', tags: ['Rückzahlung', 'Geld zurück'], language: 'de' }),
      letterOf('delay', { title: 'Es dauert länger', tags: ['Lieferung', 'verspätet'], language: 'de' }),
    ]
    expect(first(de, 'Wann kommen meine Lieferungen?')).toBe('delay')
    expect(first(de, 'Ich will mein GELD zuruck')).toBe('refund')
    const es = [
      letterOf('refund', { title: 'Reembolso', tags: ['devolución', 'dinero'], language: 'es' }),
      letterOf('invoice', { title: 'Factura', tags: ['facturas', 'recibo'], language: 'es' }),
    ]
    expect(first(es, 'Necesito la factura')).toBe('invoice')
    expect(first(es, 'devoluciones')).toBe('refund')
    const zh = [
      letterOf('refund', { title: '退款', tags: ['退钱'], language: 'zh' }),
      letterOf('delay', { title: '延迟发货', tags: ['快递', '物流'], language: 'zh' }),
    ]
    expect(first(zh, '请问我的快递什么时候到？')).toBe('delay')
    expect(first(zh, '我想申请退款')).toBe('refund')
  })

  test('what was really used for such messages outweighs what a letter says of itself', () => {
    const words = 'My gizmo makes a humming noise and the parcel was fine'
    expect(first(LETTERS, words)).toBe('delay')
    const uses = ['humming gizmo', 'the gizmo is humming', 'a humming noise'].map((each) => ({
      letter: 'en/damaged',
      words: each,
    }))
    expect(indexLetters(LETTERS, uses).suggest(words, 3)[0]?.name).toBe('damaged')
  })

  test('five hundred letters with the same words but one', () => {
    const many = Array.from({ length: 499 }, (_, n) =>
      letterOf(`l${n}`, { title: `Order ${n}`, tags: ['order', 'shop'] }),
    )
    const all = [...many, letterOf('teapot', { title: 'Order of a teapot', tags: ['teapot'] })]
    expect(first(all, 'I would like to order a teapot in your shop')).toBe('teapot')
  })
})

test('T8: a shortcut and a title are found however their letters are typed', () => {
  const { letter } = parseLetter(
    { path: 'de/r.md', language: 'de', name: 'rueck' },
    '---\ntitle: Zurückgeben\nwhen: W\nlanguage: de\nshortcut: rückgabe\n---\nSo geht es.',
  ) as { letter: Letter }
  const index = indexLetters([letterOf('other', { title: 'Anderes' }), letter])
  for (const query of ['rückgabe', 'RÜCKGABE', 'ruckgabe', 'rückgabe'.normalize('NFD'), ' zuruckgeb'])
    expect(index.find(query)[0]?.name).toBe('rueck')
})

test('words are compared without case, accents and endings', () => {
  expect(tokensOf('Größe GRÖSSEN')).toEqual(['gross', 'gross'])
  expect(tokensOf('refunded refunds')).toEqual(['refund', 'refund'])
  expect(tokensOf('東京都 x')).toEqual(['東京', '京都'])
  expect(tokensOf('a'.repeat(10_000)).length).toBe(1)
})
