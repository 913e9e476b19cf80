// The inside of a line of a letter, from CommonMark to Discord's marks. Whatever is no mark in CommonMark is made none in Discord.
const ESCAPED = /^\\[!-/:-@[-`{-~]/
const ENTITY = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp|copy|reg|hellip|ndash|mdash|euro));/i
const TICKS = /^`+/
const CODE = /^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/
const IMAGE =
  /^!\[([^\]\n]{0,500})\]\(\s*<?([^\s<>()]{0,2000}(?:\([^\s<>()]{0,200}\)[^\s<>()]{0,200})?)>?(?:\s+"[^"\n]{0,300}")?\s*\)/
const LINK =
  /^\[((?:\\.|[^[\]\\\n]){0,500})\]\(\s*<?([^\s<>()]{0,2000}(?:\([^\s<>()]{0,200}\)[^\s<>()]{0,200})?)>?(?:\s+"[^"\n]{0,300}")?\s*\)/
const AUTOLINK = /^<(https?:\/\/[^\s<>]{1,2000})>/
const MAIL = /^<([^\s<>@]{1,64}@[^\s<>@]{1,255})>/
const BARE = /^https?:\/\/[^\s<>"`\\]{1,2000}/
const STRONG = /^__(?=\S)(.{1,2000}?\S)__(?![\p{L}\p{N}_])/u
const PLAIN = /^(?:[^\\`<[!&_|h\n]|h(?!ttps?:\/\/))+/
/** What Discord reads as a mention, an emoji, a time or a command. */
const DISCORD_MARK = /^<(?=[@#/]|t:|a?:|id:)/
const NAMED: Record<string, string> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®' },
  ...{ hellip: '…', ndash: '–', mdash: '—', euro: '€' },
}
const HREF = /^https?:\/\/[^\s<>]+$/i

export function writeInline(text: string): string {
  let written = ''
  let at = 0
  while (at < text.length) {
    const { shown, length } = take(text.slice(at), text[at - 1] ?? ' ')
    written += shown
    at += length
  }
  return written
}

interface Taken {
  shown: string
  length: number
}

function take(rest: string, before: string): Taken {
  const plain = PLAIN.exec(rest)?.[0]
  if (plain) return { shown: plain, length: plain.length }
  const escaped = ESCAPED.exec(rest)?.[0]
  if (escaped) return { shown: escaped, length: escaped.length }
  return takeCode(rest) ?? takeLink(rest) ?? takeWords(rest, before)
}

function takeCode(rest: string): Taken | undefined {
  const ticks = TICKS.exec(rest)?.[0]
  if (!ticks) return undefined
  const code = CODE.exec(rest)
  // CommonMark 0.31 section 6.1: what is not closed by as many is no code, and not a shorter mark and a letter either.
  if (!code) return { shown: literal(ticks), length: ticks.length }
  // Discord knows marks of one and of two.
  const inner = (code[2] ?? '').replace(/`(?=`)/g, '`\u200b')
  const mark = inner.includes('`') ? '``' : '`'
  return { shown: `${mark}${inner}${mark}`, length: code[0].length }
}

function takeLink(rest: string): Taken | undefined {
  const image = IMAGE.exec(rest)
  if (image) return { shown: shownImage(image[1] ?? '', image[2] ?? ''), length: image[0].length }
  const automatic = AUTOLINK.exec(rest)
  if (automatic) return { shown: automatic[0], length: automatic[0].length }
  const mail = MAIL.exec(rest)
  if (mail?.[1]) return { shown: writeInline(mail[1]), length: mail[0].length }
  const bare = BARE.exec(rest)?.[0]
  if (bare) return { shown: bare, length: bare.length }
  const link = LINK.exec(rest)
  if (!link) return undefined
  const label = writeInline(link[1] ?? '')
  const href = (link[2] ?? '').replace(/^mailto:/i, '')
  return { shown: shownLink(label, href), length: link[0].length }
}

/** Discord makes no link of a label that has an address in it, so as not to be used for deceit. */
function shownLink(label: string, href: string): string {
  if (!label) return HREF.test(href) ? `<${href}>` : href
  if (label === href) return label
  if (!HREF.test(href)) return href ? `${label} (${href})` : label
  return /https?:\/\/|\w\.\w/.test(label) ? `${label} (<${href}>)` : `[${label}](<${href}>)`
}

function shownImage(alt: string, href: string): string {
  const label = writeInline(alt)
  if (!HREF.test(href)) return label ? `\\[${label}\\]` : ''
  return label ? `${label}: ${href}` : href
}

function takeWords(rest: string, before: string): Taken {
  const entity = ENTITY.exec(rest)
  if (entity) return { shown: literal(decoded(entity)), length: entity[0].length }
  const strong = /[\p{L}\p{N}_]/u.test(before) ? null : STRONG.exec(rest)
  if (strong?.[1]) return { shown: `**${writeInline(strong[1])}**`, length: strong[0].length }
  if (DISCORD_MARK.test(rest)) return { shown: '\\<', length: 1 }
  if (rest.startsWith('||')) return { shown: '\\|\\|', length: 2 }
  return { shown: rest.charAt(0), length: 1 }
}

function decoded([, decimal, hex, name]: RegExpExecArray): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? ''
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : '\ufffd'
}

function literal(text: string): string {
  return text.replace(/[\\`*_[\]<>~|#]/g, '\\$&')
}
