// A file's name as somebody outside chose it: kept as far as it is harmless, and its size in words.

const NAME_LENGTH = 120
const TAIL_LENGTH = 20
const CONTROL = /\p{Cc}+/gu
/** Marks that turn the reading direction around can make a program look like a picture. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** What a computer runs, or a browser takes for a page of ours. */
const RISKY =
  /\.(?:apk|app|bat|chm|cmd|com|cpl|dmg|docm|exe|hta|html?|img|iso|jar|js|jse|lnk|mht|msi|ps1|pif|reg|scr|shtml|svgz?|vbe|vbs|wsf|xhtml|xlsm)$/i

/** One line without tricks, not too long; its end, which says what kind of file it is, stays. */
export function shownName(name: string): string {
  const line = shortenMiddle(name, NAME_LENGTH * 4)
    .toWellFormed()
    .replace(CONTROL, ' ')
    .replace(DIRECTION, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return shortenMiddle(line, NAME_LENGTH) || 'file'
}

/** As a file is called that we make: in no folder. */
export function fileName(name: string): string {
  const flat = shownName(name).replaceAll(/[/\\]/g, '_')
  return /^\.*$/.test(flat) ? 'file' : flat
}

/** Both ends are kept: of an address as of a file's name, the end counts most. */
export function shortenMiddle(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text
  const tail = text.slice(-Math.min(TAIL_LENGTH, Math.floor(lengthMax / 2)))
  return `${text.slice(0, lengthMax - tail.length - 1)}…${tail}`.toWellFormed()
}

export function isRisky(name: string): boolean {
  return RISKY.test(name.trimEnd())
}

export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  const kilobytes = bytes / 1024
  return kilobytes < 1024 ? `${Math.ceil(kilobytes)} KB` : `${Number((kilobytes / 1024).toFixed(1))} MB`
}
