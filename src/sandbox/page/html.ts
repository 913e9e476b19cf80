// HTML in which a value is never markup: what is put into a template is escaped, unless it was made by a template itself.
export interface Html {
  readonly html: string
}

type Value = Html | string | number | undefined | null | false | readonly Value[]

/** Values in attributes must stand in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: parts.reduce((made, part, n) => made + renderValue(values[n - 1]) + part) }
}

/** Only for what this program wrote itself, such as a style sheet. */
export function rawHtml(text: string): Html {
  return { html: text }
}

function renderValue(value: Value): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'object') return isHtml(value) ? value.html : value.map(renderValue).join('')
  return escapeHtml(String(value))
}

const isHtml = (value: Html | readonly Value[]): value is Html => !Array.isArray(value)

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}
