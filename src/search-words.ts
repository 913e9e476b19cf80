// The words that search compares: folded, without accents, and where a script has no spaces, every pair of neighbours.

export interface SearchWord {
  text: string
  /** Where it stands in the original. */
  start: number
  end: number
  /** The last sign of a script without spaces, alone: what begins with it finds all pairs that do. */
  isTail?: true
}

/** Longer ones are no words; they are cut, in what is stored and in what is asked alike. */
const WORD_LENGTH_MAX = 64

const RUN =
  /(?<paired>[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{N}]][[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{N}\p{M}]]*)|(?:(?![[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{N}]])[\p{L}\p{N}\p{M}])+/gv
const SIGN = /.\p{M}*/gsu
const PIECE = /[\p{L}\p{N}\p{M}]+/gu

/** In order; offsets are those of the text as it was given. At most so many. */
export function wordsOf(text: string, max = Number.POSITIVE_INFINITY): SearchWord[] {
  const words: SearchWord[] = []
  for (const run of text.matchAll(RUN)) {
    if (words.length >= max) break
    const start = run.index
    if (run.groups?.paired) words.push(...pairsOf(run[0], start))
    else
      for (const [piece] of fold(run[0]).matchAll(PIECE))
        words.push({ text: cut(piece), start, end: start + run[0].length })
  }
  return words.slice(0, max)
}

function pairsOf(run: string, from: number): SearchWord[] {
  const signs = [...run.matchAll(SIGN)].flatMap(({ 0: sign, index }) => {
    const text = (fold(sign).match(PIECE) ?? []).join('')
    return text === '' ? [] : [{ text, start: from + index, end: from + index + sign.length }]
  })
  return signs.map(({ text, start, end }, n): SearchWord => {
    const next = signs[n + 1]
    return next ? { text: text + next.text, start, end: next.end } : { text, start, end, isTail: true }
  })
}

/** Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs. Other marks are part of the word. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]/g
const LETTERS: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ς: 'σ',
}
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC')
}

/** Never through the middle of a sign that takes two places. */
function cut(word: string): string {
  return word.length <= WORD_LENGTH_MAX ? word : [...word].slice(0, WORD_LENGTH_MAX).join('')
}
