// One spelling for the many a phrase comes in, so that a table of phrases needs each only once.
const PLAIN = /^[\x20-\x5f\x61-\x7e]*$/

const MARKS = /\p{M}/gu
const HANGUL = /[\u1100-\u11ff]/
const ALIKE = /[\u2018\u2019\u02bc\u00b4`ıłøđß]/g
const SPELLED: Record<string, string> = { ı: 'i', ł: 'l', ø: 'o', đ: 'd', ß: 'ss' }

/** The same for `Gönderen`, `GÖNDEREN` and a `Gonderen` that lost its dots on the way. */
export function phraseKey(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  const key = text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(ALIKE, (letter) => SPELLED[letter] ?? "'")
  // Hangul, taken apart above, is put together again.
  return HANGUL.test(key) ? key.normalize('NFC') : key
}

export function phraseKeys(phrases: string): string[] {
  return phrases.split('|').map((phrase) => phraseKey(phrase.trim()))
}
