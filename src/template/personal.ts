// Personal means personal: what an attentive colleague would say of a reply before it leaves.
import type { Level } from './front-matter.ts'
import type { Letter, Rules } from './letter.ts'
import { tokensOf } from './token.ts'

export interface Caution {
  rule: keyof Rules
  level: Exclude<Level, 'allow'>
  /** A sentence for the agent. */
  said: string
}

export interface Leaving {
  letter: Letter | undefined
  /** What became of the letter; undefined without one. */
  use: 'unedited' | 'answered' | 'edited' | undefined
  /** As it leaves, in Markdown. */
  text: string
  /** What the customer is called, where we know it. */
  names: readonly string[]
  hadBefore: boolean
  /** What the customer wrote and waits for. */
  asked: readonly string[]
}

const NO_LETTER: Rules = { unedited: 'allow', repeated: 'warn', nameless: 'allow', unanswered: 'warn' }
const QUESTION_LENGTH_MAX = 120

/** Blocks first. */
export function findCautions(leaving: Leaving): Caution[] {
  const { letter, use, text, names, hadBefore, asked } = leaving
  const rules = letter?.rules ?? NO_LETTER
  const open = openQuestions(asked, text)
  const isUntouched = use === 'unedited' || (use === 'answered' && letter?.mustEdit === true)
  const all: [rule: keyof Rules, said: string | false | undefined][] = [
    ['unedited', isUntouched && `“${letter?.title}” is as it came. Add a sentence that only this customer could get.`],
    ['repeated', hadBefore && 'This customer had the very same words from us before.'],
    ['nameless', names.length > 0 && !names.some((name) => says(text, name)) && `It does not call them ${names[0]}.`],
    [
      'unanswered',
      open.length > 0 && `They asked more than this seems to answer: ${open.map((each) => `“${each}”`).join(' ')}`,
    ],
  ]
  return all
    .flatMap(([rule, said]): Caution[] => {
      const level = rules[rule]
      return said && level !== 'allow' ? [{ rule, level, said }] : []
    })
    .toSorted((a, b) => Number(b.level === 'block') - Number(a.level === 'block'))
}

function says(text: string, name: string): boolean {
  const plain = (words: string) => words.replaceAll('\\', '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain(text).includes(plain(name))
}

const QUESTIONS_MAX = 3

/** The questions that a reply shares no word with, where there are several and it answers one at most. */
function openQuestions(asked: readonly string[], text: string): string[] {
  const questions = asked.flatMap(questionsIn)
  if (questions.length < 2) return []
  const said = new Set(tokensOf(text))
  const open = questions.filter((question) => !telling(question).some((token) => said.has(token)))
  // A list of answers to a list of questions needs none of their words.
  const answers = text.split('\n').filter((line) => /^\s*(?:\d{1,2}[.)]|[-*])\s/.test(line)).length
  if (questions.length - open.length > 1 || answers >= questions.length) return []
  return open
    .slice(0, QUESTIONS_MAX)
    .map((question) =>
      question.length > QUESTION_LENGTH_MAX
        ? `${question.slice(0, QUESTION_LENGTH_MAX - 1).toWellFormed()}…`
        : question,
    )
}

/** Sentences with a question mark, each once. */
export function questionsIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('>'))
  const sentences =
    lines
      .join('\n')
      .replaceAll(/\S+[@/]\S+/g, ' ')
      .match(/[^.!?\n。！？؟]{3,400}[?？؟]+/gu) ?? []
  return [...new Set(sentences.map((sentence) => sentence.trim()))].filter((sentence) => /\p{L}{2}/u.test(sentence))
}

/** Words that say what a question is about. */
function telling(question: string): string[] {
  const tokens = tokensOf(question)
  const long = tokens.filter((token) => token.length >= 4 || /\P{ASCII}/u.test(token))
  return (long.length > 0 ? long : tokens).filter((token) => !ASKING.has(token))
}

/** Words in which anything can be asked. */
const ASKING = new Set(
  tokensOf(
    'what when where which there your that this will would could should have does with from about please know tell wann wann wieviel welche kann können haben werden bitte eine einen ist das cuando donde cual como puede pueden tienen esta para sobre favor',
  ),
)
