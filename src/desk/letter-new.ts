// "Save as letter…", on a reply in the thread: what was said well once is there for all.
import { channelKind } from '../channel.ts'
import { findVersion, saveVersion } from '../letter-book.ts'
import { getMessage, type Message } from '../message.ts'
import { findParticulars, proposeBody } from '../template/from-reply.ts'
import { detectLanguage, languageName } from '../template/language.ts'
import { shareDesk } from '../template/letter.ts'
import { bodyOf, type LetterDraft, nameFrom, writeLetterText } from '../template/letter-text.ts'
import { formalName } from '../template/name.ts'
import { cleanValue } from '../template/value.ts'
import { type AdmittedTo, admitTo } from './admission.ts'
import { shortForm } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { LETTER_LENGTH_MAX, readBodyInputs } from './letter-body.ts'
import { atFault, type LetterFormMeta, letterForm, readLetterForm } from './letter-form.ts'
import { namesOf, readValues } from './letter-situation.ts'
import { keepFile, savedView } from './letter-write.ts'
import { openView, type Prepared } from './open-view.ts'
import { readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import { type DeskTools, deskTitle } from './tools.ts'

export const SAVE_LETTER = 'save_letter'
const TITLE = 'Save as letter'

const TOO_LONG = `This reply is longer than the ${LETTER_LENGTH_MAX.toLocaleString('en-US')} characters that a letter may have.`
const NOT_SENT = 'This reply has not reached anybody, so it is no letter yet.'
const NAME_WRONG = 'A name is lower-case words of letters and digits with hyphens between them, such as late-parcel.'

export async function openSaveLetter(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepare(tools, click) })
}

async function prepare(tools: DeskTools, { who, value: messageId }: Click): Promise<Prepared> {
  const message = await getMessage(tools.db, messageId)
  const admission = await admitTo(tools, who, SAVE_LETTER, message.conversation_id)
  if (admission.kind === 'refused') return admission
  const isSent = message.delivery === 'accepted' || message.delivery === 'partly-delivered'
  if (message.direction !== 'outbound' || !isSent) return { kind: 'refused', text: NOT_SENT }
  const { draft, particulars } = await propose(tools, message, admission)
  if (draft.body.length > LETTER_LENGTH_MAX) return { kind: 'refused', text: TOO_LONG }
  const meta: LetterFormMeta = {
    ...{ at: admission.desk.channel, seen: 0, messageId },
    conversationId: message.conversation_id,
  }
  const theirs = `Is this only about this customer? ${particulars.join(' · ')} — take out what others must not read.`
  const view = letterForm({
    ...{ callbackId: SAVE_LETTER, title: TITLE, meta, draft, name: nameFrom(draft.title) },
    languages: languagesOf(tools, draft.language),
    desks: tools.desks,
    notes: particulars.length === 0 ? [] : [theirs],
  })
  return { kind: 'view', view }
}

function languagesOf({ letters }: DeskTools, wanted: string): string[] {
  return [...new Set([wanted, ...letters().map(({ language }) => language), 'en'])].sort()
}

/** The letter as we would write it: with what was theirs alone turned into fields, as far as we can tell. */
async function propose(tools: DeskTools, message: Message, { desk, agent }: Extract<AdmittedTo, { kind: 'agent' }>) {
  const question = await readQuestion(tools.db, message.conversation_id)
  const { identity, conversation } = question
  const known = [...new Set(tools.letters().map(({ language }) => language))]
  const detected = await detectLanguage(message.markdown)
  const language = known.find((each) => each === detected || each.split('-')[0] === detected) ?? detected ?? 'en'
  const values = await readValues(tools, question, await authorOf(tools, message, desk.name, agent), desk, language)
  const names = [identity.name, ...(await namesOf(tools, question)), formalName(identity.name)]
  const email = channelKind(conversation.channel) === 'email' ? identity.address : undefined
  const body = proposeBody({
    ...{ markdown: message.markdown, language, email },
    names: [...new Set(names)].flatMap((name) => (name && name.length > 1 ? [name] : [])).toSorted(byLength),
    agent: { name: values['agent.name'], firstName: values['agent.first_name'] },
    shared: tools.shelf.shared(language, values),
  })
  const draft: LetterDraft = {
    title: cleanValue(values['conversation.subject'], 75),
    ...{ when: '', language, channels: undefined, desks: undefined, body },
  }
  return { draft, particulars: findParticulars(body) }
}

function byLength(a: string, b: string): number {
  return b.length - a.length
}

async function authorOf({ db }: DeskTools, { author }: Message, desk: string, clicking: { id: string; name: string }) {
  const row = await db
    .selectFrom('agent')
    .select('name')
    .where('id', '=', author)
    .where('desk', '=', desk)
    .executeTakeFirst()
  return row ? { id: author, name: row.name } : clicking
}

async function submitLetter(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = JSON.parse(view.metadata) as LetterFormMeta
  const admission = await admitTo(tools, who, SAVE_LETTER, meta.conversationId ?? '')
  if (admission.kind === 'refused') return { kind: 'errors', blockId: 'body', text: admission.text }
  const { draft, name, isNameTyped } = readLetterForm(view, { language: 'en', desks: undefined })
  const key = `${draft.language}/${name}`
  const nameBlock = isNameTyped ? 'name' : 'title'
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return { kind: 'errors', blockId: 'name', text: NAME_WRONG }
  await tools.shelf.look()
  if (tools.shelf.textOf(key) !== undefined)
    return {
      kind: 'errors',
      blockId: nameBlock,
      text: `There is a letter called ${name} already. Choose another name.`,
    }
  const language = await otherLanguage(tools, draft)
  if (language) return { kind: 'errors', blockId: 'language', text: language }
  const twin = tools
    .letters()
    .find((each) => each.title === draft.title && each.language === draft.language && shareDesk(each, draft))
  if (twin) return { kind: 'errors', blockId: 'title', text: `${twin.key} has this title already. Choose another one.` }
  const text = writeLetterText(draft)
  const checked = await tools.shelf.check(key, text)
  if ('faults' in checked) return firstFault(checked.faults, text, view)
  const author = admission.agent.id
  // Where a file of this name was taken away, its versions are still there.
  const seen = (await findVersion(tools.db, key))?.n ?? 0
  const saved = { letter: key, author, text, seen, ...(meta.messageId && { messageId: meta.messageId }) }
  const version = await tools.db.transaction((trx) => saveVersion(trx, saved))
  if (version === undefined)
    return {
      kind: 'errors',
      blockId: nameBlock,
      text: `Somebody has just saved a letter called ${name}. Choose another name.`,
    }
  const written = await keepFile(tools, key, text, undefined)
  const place = draft.desks ? ` at ${draft.desks.map((desk) => titleOf(tools, desk)).join(', ')}` : ''
  return { kind: 'update', view: savedView(TITLE, `Saved as ${key}. It is offered${place} from now on.`, written) }
}

function titleOf({ desks }: DeskTools, name: string): string {
  const desk = desks.find((each) => each.name === name)
  return desk ? deskTitle(desk) : name
}

export function firstFault(faults: Parameters<typeof atFault>[0][], text: string, view: OpenView): Outcome {
  const { line } = bodyOf(text)
  const [fault] = faults.toSorted((a, b) => Number(a.line >= line) - Number(b.line >= line) || a.line - b.line)
  if (!fault) return { kind: 'errors', blockId: 'body', text: 'This letter cannot be read.' }
  return atFault(fault, line, view)
}

/** Enough to be sure of; a short text may read like anything. */
const SURE_LENGTH_MIN = 120

/** A letter in the wrong drawer would be offered to those who cannot read it, with a greeting in another language above it. */
export async function otherLanguage(
  { letters }: Pick<DeskTools, 'letters'>,
  { body, language }: Pick<LetterDraft, 'body' | 'language'>,
): Promise<string | undefined> {
  const words = body.replaceAll(/\{[{%][\s\S]*?[%}]\}|⟦[^⟧]*⟧/g, ' ').trim()
  const detected = words.length < SURE_LENGTH_MIN ? undefined : await detectLanguage(words)
  const known = letters().some((letter) => letter.language.split('-')[0] === detected)
  if (detected === undefined || !known || language.split('-')[0] === detected) return undefined
  return `The text reads as ${languageName(detected)}. Choose that, or translate it.`
}

export const saveLetterForm = shortForm(TITLE, submitLetter, readBodyInputs)
