// Something wrong in a letter, with its place and what to do.

export interface Problem {
  /** Both count from 1. */
  line: number
  column: number
  message: string
  hint: string
}

export function placeAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

export function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column
}
