// A reply that was good, as a letter for others: the customer's name becomes a field again, and greeting and signature become the shared ones.

export interface Sent {
  markdown: string
  language: string
  /** What the customer may be called, the longest first. */
  names: readonly string[]
  /** Their mail address, where they have one. */
  email?: string | undefined
  /** What the shared texts of this language say to this customer, by their names. */
  shared: ReadonlyMap<string, string>
}

/** What is said in place of a name that is not known. */
const NOBODY: Record<string, string> = {
  en: 'there',
  de: 'Sie',
  es: 'usted',
  fr: 'vous',
  it: 'Lei',
  pt: 'você',
  nl: 'u',
}
const GREETING_LENGTH_MAX = 60

export function proposeBody({ markdown, language, names, email, shared }: Sent): string {
  let text = markdown.replace(/\r\n?/g, '\n').trim()
  const greeting = shared.get('greeting')
  const signature = shared.get('signature')
  const begins = greeting !== undefined && (lengthOfGreeting(text, greeting, names) ?? 0)
  if (begins) text = text.slice(begins).trimStart()
  const ends = signature !== undefined && signature !== '' && text.endsWith(signature)
  if (ends) text = text.slice(0, -signature.length).trimEnd()
  const body = withFields(inert(text), { language, names, email })
  return [...(begins ? [RENDER('greeting')] : []), body, ...(ends ? [RENDER('signature')] : [])].join('\n\n').trim()
}

const RENDER = (name: string) => `{% render '${name}' %}`

/** A first line that greets this customer, in the shared words or in the agent's own. */
function lengthOfGreeting(text: string, greeting: string, names: readonly string[]): number | undefined {
  if (text.startsWith(`${greeting}\n`)) return greeting.length
  const [line = ''] = text.split('\n')
  if (line.length > GREETING_LENGTH_MAX || !/[,:!]\s*$/.test(line)) return undefined
  return names.some((name) => line.includes(name)) ? line.length : undefined
}

/** What looks like the language of letters was the customer's or the agent's text, and stays text. */
function inert(text: string): string {
  return text.replace(/\{[{%]/g, (braces) => `{% raw %}${braces}{% endraw %}`)
}

function withFields(text: string, { language, names, email }: Pick<Sent, 'language' | 'names' | 'email'>): string {
  const field = `{{ contact.first_name | default: '${NOBODY[language.split('-')[0] ?? ''] ?? NOBODY.en}' }}`
  const spoken = '{% if contact.first_name %}, {{ contact.first_name }}{% endif %}'
  const named = names.reduce((written, name) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    // "Thank you, Ana." loses its comma with its name; anywhere else something has to stand there.
    return written
      .replace(new RegExp(`, ${escaped}(?=[.,!?;:]|$)`, 'gmu'), spoken)
      .replace(new RegExp(`(?<![\\p{L}\\p{N}.@_-])${escaped}(?![\\p{L}\\p{N}@_-])`, 'gu'), field)
  }, text)
  if (email === undefined || email === '') return named
  return named.replaceAll(email, () => `{{ contact.email | default: '⟦address⟧' }}`)
}

const PARTICULARS_MAX = 5

/** What may be true of this customer alone: numbers, amounts, days, addresses. */
export function findParticulars(text: string): string[] {
  const found = text.matchAll(
    /https?:\/\/\S+[\p{L}\p{N}/]|[\p{L}\p{N}._+-]+@[\p{L}\p{N}.-]+|[\p{Sc}]\s?\d[\d.,]*\d|\d[\d.,]*\s?\p{Sc}|\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?|[A-Z]{0,4}-?\d{4,}/gu,
  )
  return [...new Set([...found].map(([each]) => each))].slice(0, PARTICULARS_MAX)
}
