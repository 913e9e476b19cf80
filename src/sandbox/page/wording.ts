// What can be told of a text without understanding it: its greeting, its sentences, whether one asks for something, its language.

/** Small letters without accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The first line that has words. */
export function firstOf(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? ''
}

export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => sentence.trim() !== '')
}

const ASKING =
  /\?\s*$|\b(?:please|kindly) (?:send|tell|give|let|share|provide|describe|attach)|\b(?:could|can|would) you\b|\bbitte\b|\b(?:schicken|senden|nennen|teilen) sie\b/i

export function isAskedFor(sentence: string): boolean {
  return ASKING.test(sentence)
}

/** Words that nearly every text of a language has, and no text of the other. */
const COMMON = {
  en: 'the and is are you your we will has have it to of for this that with can been'.split(' '),
  de: 'der die das und ist sie ihr ihre ihnen wir wird haben nicht mit am ein eine kommt auf ich'.split(' '),
}

/** Undefined where too little is said to tell. */
export function languageOf(text: string): 'en' | 'de' | undefined {
  const words = fold(text).split(/[^\p{L}]+/u)
  const count = (language: 'en' | 'de') => words.filter((word) => COMMON[language].includes(word)).length
  const [en, de] = [count('en'), count('de')]
  if (Math.max(en, de) < 2 || en === de) return undefined
  return en > de ? 'en' : 'de'
}
