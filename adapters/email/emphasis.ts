// Bold and italic in Markdown, whose marks count only where they touch the words they belong to (CommonMark section 6.2).
export type Mark = '**' | '*'

export interface Emphasis {
  open(mark: Mark): void
  close(mark: Mark): void
  /** Marks end here and begin anew with the next word: they cannot reach over lines and links. */
  suspend(): void
  /** What to write before this word. */
  before(word: string, afterSpace: boolean): string
}

const PUNCTUATION_END = /[\p{P}\p{S}]$/u
const PUNCTUATION_START = /^[\p{P}\p{S}]/u

export function emphasis(markdown: string[]): Emphasis {
  const depth: Record<Mark, number> = { '**': 0, '*': 0 }
  let written: Mark[] = []
  let closedAfterPunctuation = false

  const last = () => markdown.at(-1) ?? ''
  const suspend = () => {
    if (written.length === 0) return
    closedAfterPunctuation = PUNCTUATION_END.test(last())
    markdown.push(written.reverse().join(''))
    written = []
  }
  return {
    open: (mark) => void depth[mark]++,
    close(mark) {
      depth[mark] = Math.max(0, depth[mark] - 1)
      if (depth[mark] === 0 && written.includes(mark)) suspend()
    },
    suspend,
    before(word, afterSpace) {
      const touches = !afterSpace && markdown.length > 0 && /\S$/.test(last())
      const apart = closedAfterPunctuation && touches && !PUNCTUATION_START.test(word) ? ' ' : ''
      closedAfterPunctuation = false
      const wanted = (['**', '*'] as const).filter((mark) => depth[mark] > 0 && !written.includes(mark))
      // `word**(x)**` would be shown with its stars.
      const counts = !(touches && !apart && PUNCTUATION_START.test(word) && !PUNCTUATION_END.test(last()))
      if (!counts || wanted.length === 0) return apart
      written.push(...wanted)
      return apart + wanted.join('')
    },
  }
}
