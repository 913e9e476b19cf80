// Which language somebody writes in, where we can be sure of it. Unsure is better than wrong: then they get our usual one.

/** Nobody needs more of a text to know its language. */
const READ_LENGTH_MAX = 2000
/** A greeting alone says little, a number nothing. */
const LETTERS_MIN = 12
/** Of what the detector gives a language; chance gives any of them some. */
const ACCURACY_MIN = 0.4

/** `de`; undefined when unsure. It is judged among all languages, so that Danish does not become Swedish for want of a letter. */
export async function detectLanguage(text: string): Promise<string | undefined> {
  const own = ownWords(text)
  if ((own.match(/\p{L}/gu)?.length ?? 0) < LETTERS_MIN) return undefined
  // Half a megabyte of statistics, read when the first acknowledgement is written.
  const { detectAll } = await import('tinyld')
  const [first] = detectAll(own)
  return first && first.accuracy >= ACCURACY_MIN ? first.lang : undefined
}

/** Whether letters in this folder serve whoever wants that language: `pt-BR` serves `pt`. */
export function sameLanguage(folder: string, language: string): boolean {
  return folder === language || folder.split('-')[0] === language
}

/** As people call it; a folder of letters may be called anything. */
export function languageName(language: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language
  } catch {
    return language
  }
}

/** Without quotes and addresses: those are somebody else's words, or nobody's. */
function ownWords(text: string): string {
  return text
    .slice(0, 4 * READ_LENGTH_MAX)
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .replace(/\S+[@/]\S+/g, ' ')
    .slice(0, READ_LENGTH_MAX)
    .toWellFormed()
}
