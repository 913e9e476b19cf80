// Slack's text encoding: three characters are escaped, and only well-formed <...> sequences mean anything.

const CONTROL = /<(@[UWB][A-Z0-9]+|#[CGD][A-Z0-9]+|![a-z]+(?:\^[^|>]*)?|(?:https?|mailto|tel):[^<>|]+)(\|[^<>]*)?>/g

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** What Slack stores of text an app sent: control sequences as they are, every other bracket and ampersand escaped. */
export function storeText(text: string): string {
  let stored = ''
  let from = 0
  for (const match of text.matchAll(CONTROL)) {
    stored += storePlain(text.slice(from, match.index)) + match[0]
    from = match.index + match[0].length
  }
  return stored + storePlain(text.slice(from))
}

function storePlain(text: string): string {
  return text
    .replaceAll(/&(?!amp;|lt;|gt;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** The text cut at its control sequences, each with what stands before `|` and the label after it. */
export function* controlSequences(text: string): Generator<{ plain: string } | { body: string; label?: string }> {
  let from = 0
  for (const match of text.matchAll(CONTROL)) {
    if (match.index > from) yield { plain: text.slice(from, match.index) }
    const label = match[2]?.slice(1)
    yield { body: match[1] ?? '', ...(label !== undefined && { label }) }
    from = match.index + match[0].length
  }
  if (from < text.length) yield { plain: text.slice(from) }
}
