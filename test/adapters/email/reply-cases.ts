// Mails as customers write them, with what of them is hidden: from the files in test/fixtures/mail/reply.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../fixtures/mail/reply')

export interface ReplyCase {
  title: string
  text: string
  visible: string
}

/** A file of one-line entries. */
export function linesOf(name: string): string[] {
  return read(name).split('\n').filter(Boolean)
}

/** A file of entries of several lines. */
export function blocksOf(name: string): string[] {
  return read(name).trimEnd().split('\n===\n')
}

/** `=== title` begins a mail; `§hidden` and `§shown` say what happens to the lines below them. */
export function casesOf(name: string): ReplyCase[] {
  return read(name)
    .split(/^=== /m)
    .slice(1)
    .map((entry) => {
      const [title = '', ...lines] = entry.trimEnd().split('\n')
      const visible: string[] = []
      const text: string[] = []
      let shown = true
      for (const line of lines) {
        if (line === '§hidden' || line === '§shown') shown = line === '§shown'
        else {
          text.push(line)
          if (shown) visible.push(line)
        }
      }
      return { title, text: text.join('\n'), visible: visible.join('\n') }
    })
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8')
}
