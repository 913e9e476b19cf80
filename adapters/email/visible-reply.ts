// What is new in a mail: the customer's words without the history quoted below them and the signature. For display only; when unsure, all of it.
import { type FoldEvidence, findHistory, withoutIntro } from './history.ts'
import { introEndingAt, LOOKS_MAX, type Looks } from './quote-intro.ts'
import { keyOf, nextWords, type ReplyLine, readLines, wordsEnd } from './reply-line.ts'
import { disclaimerStart, signatureStart } from './signature-mark.ts'

/** A signature, a quote, the footers of two lists: each takes a round. */
const TAIL_ROUNDS_MAX = 12
const LINES_READ_MAX = 200
const ANSWERS_BELOW =
  /\b(?:answers?|comments?|repl(?:y|ies)|responses?|remarks?)\b[^.]{0,25}\b(?:below|in ?-?line|in (?:red|blue|green|bold|caps|capitals|the text))\b|\b(?:antwort(?:en)?|anmerkung(?:en)?|kommentare?)\b[^.]{0,25}\b(?:unten|im text|in rot|in blau|in grun|inline)\b|\b(?:reponses?|commentaires?)\b[^.]{0,25}(?:ci-dessous|dans le texte|en rouge|en bleu)|\brespuestas?\b[^.]{0,25}(?:abajo|en rojo|en azul)|\brispost[ae]\b[^.]{0,25}(?:sotto|in rosso|in blu)|\brespostas?\b[^.]{0,25}(?:abaixo|em vermelho|em azul)|\bantwoord(?:en)?\b[^.]{0,25}(?:hieronder|in het rood)|ответы?[^.]{0,25}(?:ниже|красным|в тексте)|odpowiedzi[^.]{0,25}(?:ponizej|na czerwono|w tresci)/

/** The new words of a plain text body; the whole of it when nothing is quoted in it or nothing would be left. */
export function visibleReply(text: string): string {
  return foldReply(text) ?? text
}

/** Undefined when nothing is to be hidden. */
export function foldReply(text: string, evidence: FoldEvidence = {}): string | undefined {
  const lines = readLines(text)
  if (!lines) return undefined
  for (const { from, to } of evidence.indents ?? []) for (const line of lines.slice(from, to)) line.quoted = false
  const looks: Looks = { left: LOOKS_MAX }
  const history = findHistory(lines, looks, evidence)
  if (history === 'forward' || saysBelow(lines.slice(0, history), history < lines.length)) return undefined
  const cut = history < lines.length ? withoutIntro(lines, history, looks) : history
  const end = withoutTail(lines, cut, looks, evidence)
  const start = withoutLeadingQuote(lines, end, cut, looks)
  // Whatever made us look this often was not written by a mail program.
  if (looks.left <= 0) return undefined
  return slice(text, lines, start, end)
}

/** Answers in another colour, or just below the questions, are lost in a text: then the history is shown with them. */
function saysBelow(lines: ReplyLine[], unmarked: boolean): boolean {
  return unmarked && lines.slice(0, LINES_READ_MAX).some((line) => !line.quoted && ANSWERS_BELOW.test(keyOf(line)))
}

function slice(text: string, lines: ReplyLine[], start: number, end: number): string | undefined {
  const first = lines[start]
  const last = lines[end - 1]
  if (!first || !last || start >= end) return undefined
  const visible = text.slice(first.from, last.to).trimEnd()
  return visible.trim() === '' || visible.trim() === text.trim() ? undefined : visible
}

const LEADING_QUOTE_MIN = 4

/** Quotes and signatures at the end, in whatever order they stand. */
function withoutTail(lines: ReplyLine[], to: number, looks: Looks, evidence: FoldEvidence): number {
  let end = wordsEnd(lines, 0, to)
  for (let round = 0; round < TAIL_ROUNDS_MAX; round++) {
    const before = end
    end = wordsEnd(lines, 0, markedSignatureStart(end, evidence))
    end = wordsEnd(lines, 0, signatureStart(lines, 0, end))
    end = wordsEnd(lines, 0, disclaimerStart(lines, end))
    end = wordsEnd(lines, 0, quoteStart(lines, end, looks))
    if (end === before) break
  }
  return end
}

function markedSignatureStart(end: number, { signatures = [] }: FoldEvidence): number {
  return signatures.find(({ from, to }) => from < end && end <= to)?.from ?? end
}

function quoteStart(lines: ReplyLine[], end: number, looks: Looks): number {
  if (!lines[end - 1]?.quoted) return end
  let start = end
  while (start > 0 && (lines[start - 1]?.quoted || lines[start - 1]?.blank)) start--
  const above = wordsEnd(lines, 0, start)
  const intro = introEndingAt(lines, above - 1, looks)
  if (intro) return intro.from
  // A single line close below the words may be the customer's own: "> 5 kg cost more".
  if (above === end - 1 && above > 0) return end
  // "I do not understand this:" and then the quote: the words need it.
  return /[:：]$/.test(lines[above - 1]?.view ?? '') ? end : start
}

/** Whoever answers below the quote, and only there, is read without it. */
function withoutLeadingQuote(lines: ReplyLine[], end: number, cut: number, looks: Looks): number {
  const first = nextWords(lines, 0, end)
  const quote = lines[first]?.quoted ? first : quoteBelowIntro(lines, first, end, looks)
  if (quote === undefined) return first
  // Without an intro a line or two may be what the customer holds against us: "> Goods may be returned."
  if (quote === first && quotedFrom(lines, first, end) < LEADING_QUOTE_MIN) return first
  let answer = quote
  while (answer < end && (lines[answer]?.quoted || lines[answer]?.blank)) answer++
  for (let index = answer; index < cut; index++) if (lines[index]?.quoted) return first
  return answer < end ? answer : first
}

function quotedFrom(lines: ReplyLine[], from: number, end: number): number {
  let count = 0
  for (let index = from; index < end && (lines[index]?.quoted || lines[index]?.blank); index++) {
    if (lines[index]?.quoted) count++
  }
  return count
}

function quoteBelowIntro(lines: ReplyLine[], first: number, end: number, looks: Looks): number | undefined {
  for (let index = first; index < Math.min(end, first + 5); index++) {
    if (lines[index]?.blank) return undefined
    const quote = nextWords(lines, index + 1, end)
    if (lines[quote]?.quoted) return introEndingAt(lines, index, looks)?.from === first ? quote : undefined
  }
  return undefined
}
