// A reply that was good, as a letter for others: the customer's name becomes a field again, and greeting and signature become the shared ones.

export interface Sent {
  markdown: string
  language: string
  /** What the customer may be called, the longest first. */
  names: readonly string[]
  /** Their mail address, where they have one. */
  email?: string | undefined
  /** What whoever wrote it is called: all of it, and the first name. */
  agent?: { name?: string | undefined; firstName?: string | undefined } | undefined
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

export function proposeBody({ markdown, language, names, email, agent, shared }: Sent): string {
  let text = markdown.replace(/\r\n?/g, '\n').trim()
  const greeting = shared.get('greeting')
  const signature = shared.get('signature')
  const begins = greeting !== undefined && (lengthOfGreeting(text, greeting, names) ?? 0)
  if (begins) text = text.slice(begins).trimStart()
  const ends = signature !== undefined && signature !== '' && text.endsWith(signature)
  if (ends) text = text.slice(0, -signature.length).trimEnd()
  const body = withFields(unsigned(inert(text), { names, agent }), { language, names, email })
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

/** Below what others send, their own name is to stand. In the middle of a line it may be anybody's. */
function unsigned(text: string, { names, agent }: Pick<Sent, 'names' | 'agent'>): string {
  const called: [string | undefined, string][] = [
    [agent?.name, '{{ agent.name }}'],
    [agent?.firstName, '{{ agent.first_name }}'],
  ]
  return called.reduce((written, [name, field]) => {
    if (!name || names.includes(name)) return written
    return written.replace(new RegExp(`^${quoted(name)}(?=,|[ \\t]*$)`, 'gmu'), field)
  }, text)
}

function quoted(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function withFields(text: string, { language, names, email }: Pick<Sent, 'language' | 'names' | 'email'>): string {
  const field = `{{ contact.first_name | default: '${NOBODY[language.split('-')[0] ?? ''] ?? NOBODY.en}' }}`
  const spoken = '{% if contact.first_name %}, {{ contact.first_name }}{% endif %}'
  const named = names.reduce((written, name) => {
    const escaped = quoted(name)
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
