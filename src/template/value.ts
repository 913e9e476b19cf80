// What a customer calls themselves is data: it stands in a letter as the very characters, and can never act.

/** One line without tricks, or '' when nothing is left to see. */
export function cleanValue(value: string | undefined, lengthMax: number): string {
  const line = (value ?? '')
    .slice(0, READ_LENGTH_MAX)
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(BLANK, ' ')
    .trim()
    // The marks of an unresolved field, which would block sending, or pretend to.
    .replaceAll('⟦', '[')
    .replaceAll('⟧', ']')
  const characters = [...line]
  return characters.length > lengthMax
    ? `${characters
        .slice(0, lengthMax - 1)
        .join('')
        .trimEnd()}…`
    : line
}

/** A value is a name or a subject; nobody looks at more of it. */
const READ_LENGTH_MAX = 4000

/** Everything that turns the reading direction, hides or joins, but for the two joiners that scripts and emoji need. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}|\ufffd/gu

/** Line ends, tabs, control characters, and the letters that look like nothing. */
const BLANK = /[\s\p{Cc}\p{Z}\u115f\u1160\u2800\u3164\uffa0]+/gu

/**
 * The text as CommonMark that shows exactly this text wherever it is inserted: inside a line, at its start, or next to
 * the letter's own marks. Escapes no more than that, for agents read it in the composer. CommonMark 0.31 sections 2.4, 2.5.
 */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*_~[\]<>|]/g, '\\$&')
      .replace(/&(?=[#\p{L}]|$)/gu, '\\&')
      // GitHub's dialect makes links of bare addresses.
      .replace(/:(?=\/\/)|(?<=www)\./gi, '\\$&')
      // What means something where a line begins, or right behind a mark of the letter: lists, headings, rules, links.
      .replace(/^[-+=#:(.)]|(?<=^\d{1,9})[.)]|!$/g, '\\$&')
  )
}
