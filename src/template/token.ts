// A text as the words by which it is compared: without case, accents and the commonest endings; Chinese and the like in pairs of signs.

/** Nobody says more before it is clear what they want. */
const READ_LENGTH_MAX = 4000
const STEM_LENGTH_MIN = 4

/** Without case and accents, in whichever of two ways those were typed. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss')
}

export function tokensOf(text: string): string[] {
  return [...foldText(text.slice(0, READ_LENGTH_MAX)).matchAll(WORDS)].flatMap(([word]) =>
    UNSPACED.test(word) ? pairs(word) : stem(word),
  )
}

const SIGN = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]`
const WORDS = new RegExp(String.raw`${SIGN}+|(?:(?!${SIGN})[\p{L}\p{N}])+`, 'gu')
const UNSPACED = new RegExp(`^${SIGN}`, 'u')

function pairs(word: string): string[] {
  const signs = [...word]
  return signs.length === 1 ? signs : signs.slice(1).map((sign, n) => `${signs[n]}${sign}`)
}

/** English, German and Spanish endings. A stem too short to mean anything keeps its word whole. */
function stem(word: string): string[] {
  if (word.length < 2) return []
  const short = word.replace(
    /(?:ings?|edly|ed|ies|es|ungen|ung|en|er|em|st|te|aciones|acion|iones|ions|ion|os|as|s|e|n|o|a|y)$/,
    '',
  )
  return [short.length >= STEM_LENGTH_MIN ? short : word]
}
