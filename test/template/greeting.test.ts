import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { greet } from '../../src/template/greeting.ts'
import { HOSTILE } from './hostile.ts'

type Row = [language: string, name: string | undefined, address: string | undefined, greeting: string]

const ROWS: Row[] = [
  ['en', 'Ana Petrova', 'ana@example.com', 'Hello Ana'],
  ['en', 'Petrova, Ana', undefined, 'Hello Ana'],
  ['en', 'ANA PETROVA', undefined, 'Hello Ana'],
  ['en', 'Mr Smith', undefined, 'Hello Mr Smith'],
  ['en', 'Dr. SMITH', undefined, 'Hello Dr. Smith'],
  ['en', 'Mr John Smith', undefined, 'Hello John'],
  ['en', 'J. Smith', undefined, 'Hello'],
  ['en', 'J', undefined, 'Hello'],
  ['en', '', undefined, 'Hello'],
  ['en', undefined, 'info@example.com', 'Hello'],
  ['en', ',', undefined, 'Hello'],
  ['en', 'Support Team', 'support@example.com', 'Hello'],
  ['en', 'Acme Ltd', undefined, 'Hello'],
  ['en', 'ana@example.com', 'ana@example.com', 'Hello'],
  ['en', 'Ana via Order Form', undefined, 'Hello Ana'],
  ['en', 'Ana and Ben', undefined, 'Hello'],
  ['en', 'Ana / Ben', undefined, 'Hello'],
  ['en', '🌸 Ana 🌸', undefined, 'Hello Ana'],
  ['en', 'Ana (Acme)', undefined, 'Hello Ana'],
  ['en', '王小明', undefined, 'Hello 王小明'],
  ['en', 'Mrs', undefined, 'Hello'],
  ['en-GB', 'Ana Petrova', undefined, 'Hello Ana'],
  ['xx', 'Ana Petrova', undefined, 'Hello Ana'],
  ['de', 'Anna Müller', undefined, 'Guten Tag Anna'],
  ['de', 'Frau Müller', undefined, 'Guten Tag Frau Müller'],
  ['de', 'Herr Dr. Müller', undefined, 'Guten Tag Herr Dr. Müller'],
  ['de', 'Prof. Dr. Anna Müller', undefined, 'Guten Tag Anna'],
  ['de', 'von der Leyen, Ursula', undefined, 'Guten Tag Ursula'],
  ['de', 'Hans-Jürgen Vogel', undefined, 'Guten Tag Hans-Jürgen'],
  ['de', 'Müller GmbH', undefined, 'Guten Tag'],
  ['de', 'Kundenservice', undefined, 'Guten Tag'],
  ['de', 'Anna von Acme', undefined, 'Guten Tag Anna'],
  ['es', 'María José García', undefined, 'Hola María'],
  ['es', 'Sra. García', undefined, 'Hola Sra. García'],
  ['es', 'Señor López', undefined, 'Hola Señor López'],
  ['es', 'GARCÍA, MARÍA', undefined, 'Hola María'],
  ['es', 'Juan de la Cruz', undefined, 'Hola Juan'],
  ['es', 'Ventas', 'ventas@ventas.example', 'Hola'],
  ['es', '¿?', undefined, 'Hola'],
  ['fr', 'Jean DUPONT', undefined, 'Bonjour Jean'],
  ['fr', 'DUPONT Jean', undefined, 'Bonjour Jean'],
  ['fr', 'Mme Dupont', undefined, 'Bonjour Mme Dupont'],
  ['fr', 'Jean-Pierre Martin', undefined, 'Bonjour Jean-Pierre'],
  ['fr', "Anne d'Ornano", undefined, 'Bonjour Anne'],
  ['fr', 'Société Martin SARL', undefined, 'Bonjour'],
  ['it', 'Giulia Rossi', undefined, 'Buongiorno Giulia'],
  ['it', 'Signora Rossi', undefined, 'Buongiorno Signora Rossi'],
  ['it', 'Rossi, Giulia', undefined, 'Buongiorno Giulia'],
  ['it', 'Rossi SRL', undefined, 'Buongiorno'],
  ['pt', 'João da Silva', undefined, 'Olá João'],
  ['pt', 'joão', 'joao@example.com', 'Olá'],
  ['pt', 'JOÃO SILVA', undefined, 'Olá João'],
  ['pt', 'Sr. Silva', undefined, 'Olá Sr. Silva'],
  ['nl', 'Jan van der Berg', undefined, 'Hallo Jan'],
  ['nl', 'van der Berg, Jan', undefined, 'Hallo Jan'],
  ['nl', 'Dhr. Jansen', undefined, 'Hallo Dhr. Jansen'],
  ['nl', 'Jansen BV', undefined, 'Hallo'],
  ['sv', 'Åsa Lindström', undefined, 'Hej Åsa'],
  ['sv', 'Å', undefined, 'Hej'],
  ['pl', 'Łukasz Nowak', undefined, 'Dzień dobry Łukasz'],
  ['pl', 'Pani Nowak', undefined, 'Dzień dobry Pani Nowak'],
  ['pl', 'biuro@firma.pl', 'biuro@firma.pl', 'Dzień dobry'],
  ['ru', 'Анна Петрова', undefined, 'Здравствуйте, Анна'],
  ['ru', 'Петрова Анна Ивановна', undefined, 'Здравствуйте, Анна'],
  ['ru', 'АННА ПЕТРОВА', undefined, 'Здравствуйте, Анна'],
  ['ru', 'А. Петрова', undefined, 'Здравствуйте'],
  ['uk', 'Олена Коваль', undefined, 'Добрий день, Олена'],
  ['tr', 'Ayşe Yılmaz', undefined, 'Merhaba Ayşe'],
  ['tr', 'no-reply', undefined, 'Merhaba'],
  ['ja', '山田 太郎', undefined, '山田 太郎 様'],
  ['ja', '山田太郎', undefined, '山田太郎 様'],
  ['ja', '佐藤 さくら', undefined, '佐藤 さくら 様'],
  ['ja', 'サポート', undefined, 'お客様'],
  ['ja', 'John Smith', undefined, 'John 様'],
  ['ja', undefined, undefined, 'お客様'],
  ['zh', '王小明', undefined, '王小明，您好'],
  ['zh', '欧阳娜娜', undefined, '欧阳娜娜，您好'],
  ['zh', '北京科技有限公司', undefined, '您好'],
  ['zh', '客服', undefined, '您好'],
  ['zh', '王', undefined, '您好'],
  ['ko', '김민준', undefined, '김민준 님, 안녕하세요'],
  ['ko', '고객센터', undefined, '고객님, 안녕하세요'],
  ['ko', '', undefined, '고객님, 안녕하세요'],
  ['ar', 'فاطمة الزهراء', undefined, 'مرحبًا فاطمة'],
  ['he', 'דנה כהן', undefined, 'שלום דנה'],
  ['en', 'Nguyễn Văn An', undefined, 'Hello'],
  ['en', '{{ x }}', undefined, 'Hello'],
  ['en', '<!channel>', undefined, 'Hello'],
  ['en', '@everyone', undefined, 'Hello'],
  ['en', '=cmd()', undefined, 'Hello'],
  ['en', 'A'.repeat(10_000), undefined, 'Hello'],
]

describe('T4: everybody is greeted as they would want to be, and by no name when we are unsure', () => {
  test('in many languages and ways', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(80)
    expect(new Set(ROWS.map(([language]) => language.slice(0, 2))).size).toBeGreaterThanOrEqual(10)
  })

  test.each(ROWS)('%s %j <%s>: %s', (language, name, address, greeting) => {
    expect(greet(language, { name, address })).toBe(greeting)
  })

  test('as an agent said, whatever we would have guessed', () => {
    const greeted = (calledBy: string) => greet('de', { name: 'Frau Müller', calledBy })
    expect([greeted('Ana'), greeted('Herr Müller'), greeted('')]).toEqual([
      'Guten Tag Ana',
      'Guten Tag Herr Müller',
      'Guten Tag',
    ])
  })

  test('never "Hi ," and never a trick, whatever they call themselves', () => {
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE, ' ', ',', '\u202e', 'Dr.', 'Ana', 'Frau'),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.constantFrom('en', 'de', 'ja', 'ru'), (pieces, language) => {
        const said = greet(language, { name: pieces.join('') })
        expect(said).toBe(said.trim())
        expect(said.length).toBeLessThan(130)
        expect(said).not.toMatch(/[<>{}@=*_`[\]\u202e]|,$|, 様/)
      }),
      { numRuns: 2000 },
    )
  })
})
