// What an HTML mail has for machines and not for eyes, such as the preview line of a newsletter. Only what is certainly hidden counts.
const HIDDEN_STYLE = /(?:^|[;\s"'])(?:display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden)\b/i
const STYLE = /(?:^|\s)style\s*=\s*(?:"([^"]*)"|'([^']*)')/i
const HIDDEN_ATTRIBUTE = /(?:^|\s)hidden(?:\s|=|\/?$)/i

/** By size or colour alone nothing is hidden: mail programs differ, and layouts use both for other ends. */
export function isHidden(attributes: string): boolean {
  if (!/hid|none/i.test(attributes)) return false
  const style = STYLE.exec(attributes)
  if (HIDDEN_STYLE.test(style?.[1] ?? style?.[2] ?? '')) return true
  return HIDDEN_ATTRIBUTE.test(attributes.replace(/"[^"]*"|'[^']*'/g, '""'))
}

/** Where its end tag begins, past elements of the same name in it; undefined when it is never closed. */
export function endOfElement(html: string, name: string, from: number): number | undefined {
  const tags = new RegExp(`<(/?)${name}(?=[\\s/>])`, 'gi')
  tags.lastIndex = from
  let depth = 1
  for (let tag = tags.exec(html); tag; tag = tags.exec(html)) {
    depth += tag[1] === '/' ? -1 : 1
    if (depth === 0) return tag.index
  }
  return undefined
}
