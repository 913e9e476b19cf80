// How a letter begins: hello by name where we are sure of it, in the letter's language, and politely without one where not.
import { firstName, formalName } from './name.ts'

export interface Greeted {
  name: string | undefined
  /** The mail address, where there is one. */
  address?: string | undefined
  /** What an agent said they are to be called: '' is by no name at all. */
  calledBy?: string | undefined
}

/** Without a comma at its end: what follows differs between languages, and stands in the letter. */
export function greet(language: string, { name, address, calledBy }: Greeted): string {
  const words = WORDS[language.toLowerCase().split('-')[0] ?? ''] ?? ENGLISH
  if (calledBy !== undefined) return calledBy === '' ? words.nobody : words.named(calledBy)
  const first = firstName(name, address)
  if (first !== undefined) return words.named(first)
  const formal = formalName(name)
  return formal === undefined ? words.nobody : words.named(formal)
}

interface Words {
  nobody: string
  named(name: string): string
}

const before = (hello: string, nobody = hello): Words => ({ nobody, named: (name) => `${hello} ${name}` })

const ENGLISH = before('Hello')

/** Chinese, Japanese and Korean put the name first. */
const WORDS: Record<string, Words> = {
  en: ENGLISH,
  de: before('Guten Tag'),
  es: before('Hola'),
  fr: before('Bonjour'),
  it: before('Buongiorno'),
  pt: before('Olá'),
  nl: before('Hallo'),
  sv: before('Hej'),
  da: before('Hej'),
  no: before('Hei'),
  nb: before('Hei'),
  fi: before('Hei'),
  pl: before('Dzień dobry'),
  cs: before('Dobrý den'),
  ru: { nobody: 'Здравствуйте', named: (name) => `Здравствуйте, ${name}` },
  uk: { nobody: 'Добрий день', named: (name) => `Добрий день, ${name}` },
  tr: before('Merhaba'),
  ja: { nobody: 'お客様', named: (name) => `${name} 様` },
  zh: { nobody: '您好', named: (name) => `${name}，您好` },
  ko: { nobody: '고객님, 안녕하세요', named: (name) => `${name} 님, 안녕하세요` },
  ar: before('مرحبًا'),
  he: before('שלום'),
}
