// From the composer to the preview: nothing is stored unless the text may leave as it stands.
import { type OutboundAttachment, SendError } from '../channel.ts'
import { keepDraft } from '../kept-draft.ts'
import { findSameWords } from '../letter-use.ts'
import { JOINED, preview } from '../reply.ts'
import { plainFromMarkdown } from '../slack/markdown-rich.ts'
import { type Caution, findCautions } from '../template/personal.ts'
import { startWriting } from '../writing.ts'
import { admit } from './admission.ts'
import { isStillTheirs, readAimed, readRecipients } from './aimed.ts'
import { readMentioned } from './body-input.ts'
import { composerOf, keptOf } from './composer-close.ts'
import { bodyBlock, type ComposerMeta, readMeta } from './composer-view.ts'
import { enclosureBlock, takeEnclosures } from './enclosure-input.ts'
import { FILES_BLOCK, filesIn, takeFiles } from './file-input.ts'
import { sizeWords } from './file-name.ts'
import { type Draft, findOpenAsk, finish, readDraft } from './finished-letter.ts'
import type { OpenView, Person } from './interaction.ts'
import { namesOf, readValues } from './letter-situation.ts'
import { objectToLetter } from './objection.ts'
import { previewView } from './preview-view.ts'
import { newWords, type Question } from './question.ts'
import { CC_BLOCK, readCopies, tickedIn } from './recipient-input.ts'
import type { Outcome } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'

/** Never rejects. What is wrong is said at the field it is about, and everything stays as it was written. */
export async function submitComposer(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const meta = readMeta(view)
  try {
    const draft = readDraft(tools, view, await readMentioned(tools.db, view, bodyBlock(meta)))
    const open = findOpenAsk(draft)
    if (open) return { kind: 'errors', ...open }
    const objection = draft.objections[0] ?? (isOwn(draft) ? objectToLetter(await finish(draft, noValues)) : undefined)
    if (objection) return atBody(meta, objection)
    return await makePreview(tools, who, view, draft)
  } catch (error) {
    tools.log.error({ conversation: meta.conversationId, error: String(error) }, 'desk: no preview could be made')
    const reason = error instanceof SendError ? error.message : 'something went wrong on our side. Please try again.'
    return atBody(meta, `No preview could be made: ${reason}`)
  }
}

function isOwn({ use }: Draft): boolean {
  return use === 'edited' || use === undefined
}

/** What somebody has edited is not written anew, and needs none. */
const noValues = async () => ({})

function at(blockId: string, text: string): Outcome {
  return { kind: 'errors', blockId, text }
}

function atBody(meta: ComposerMeta, said: string): Outcome {
  return at(bodyBlock(meta), said)
}

async function makePreview(tools: DeskTools, who: Person, view: OpenView, draft: Draft): Promise<Outcome> {
  const { meta, letter, use } = draft
  const question = await readAimed(tools.db, meta)
  const { conversation } = question
  const { conversationId, seenSeq } = meta
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'preview', conversationId })
  if (admission.kind === 'refused') return atBody(meta, admission.text)
  if (!(await isStillTheirs(tools.db, question, meta))) return atBody(meta, MOVED)
  await keepMeanwhile(tools, who, view, draft)
  if (conversation.merged_into !== null) return atBody(meta, JOINED)
  const markdown = await finish(draft, (language) => readValues(tools, question, admission.agent, desk, language))
  const objection = objectToLetter(markdown)
  if (objection) return atBody(meta, objection)
  const cautions = await listCautions(tools, question, draft, markdown)
  const block = cautions.find(({ level }) => level === 'block')
  if (block) return atBody(meta, block.said)
  const recipients = await readRecipients(tools, question)
  const ticked = tickedIn(view)
  const cc = readCopies(ticked, recipients)
  if (!cc) return at(CC_BLOCK, OTHERS_NOW)
  const channel = tools.channelOf(conversation.channel)
  const attachments = await takeAll(tools, view, draft, channel.limits)
  if ('kind' in attachments) return attachments
  const author = { agent: admission.agent, composer: composerOf(meta, view), plain: plainFromMarkdown(markdown) }
  const written = { conversationId, ...author, markdown, template: letter?.key, seenSeq }
  const shown = await preview(
    tools.db,
    channel,
    {
      ...written,
      cc,
      ...(use && { letterUse: use }),
      ...(attachments.length > 0 && { attachments }),
      ...(meta.noteId && { noteId: meta.noteId }),
      ...(meta.aim && { aim: meta.aim }),
    },
    { id: tools.newId('m'), now: tools.clock.now(), choices: recipients },
  )
  const { draftId, to, parts } = shown
  const letterhead = { channel: conversation.channel, to, recipients }
  return {
    kind: 'push',
    view: previewView({ meta: { draftId, conversationId, at: desk.channel }, ...letterhead, parts, cautions }),
  }
}

/** Nothing that is written is lost from here on, whatever becomes of the form. And whoever asks for a preview writes still. */
async function keepMeanwhile(tools: DeskTools, who: Person, view: OpenView, draft: Draft): Promise<void> {
  const { conversationId } = draft.meta
  await tools.db.transaction(async (trx) => {
    await startWriting(trx, conversationId, who.id)
    await keepDraft(trx, { agentId: who.id, conversationId }, keptOf(view, draft))
  })
}

async function listCautions(
  tools: DeskTools,
  question: Question,
  { letter, use }: Draft,
  markdown: string,
): Promise<Caution[]> {
  return findCautions({
    letter,
    use,
    text: plainFromMarkdown(markdown),
    names: await namesOf(tools, question),
    hadBefore: (await findSameWords(tools.db, question.identity.contactId, markdown)) !== undefined,
    asked: question.isAnswered ? [] : question.waiting.map(newWords),
  })
}

/** The letter's files and the agent's own, or what is wrong with them. */
async function takeAll(
  tools: DeskTools,
  view: OpenView,
  { meta, letter }: Draft,
  limits: { attachmentBytesMax: number },
): Promise<OutboundAttachment[] | Outcome> {
  const own = await takeFiles(tools.read, filesIn(view), limits)
  if (typeof own === 'string') return at(FILES_BLOCK, own)
  if (!letter || meta.inserted === undefined) return own
  const enclosed = await takeEnclosures(view, letter.key, letter.enclosures)
  const all = [...enclosed, ...own]
  const total = all.reduce((sum, { content }) => sum + content.byteLength, 0)
  if (enclosed.length === 0 || total <= limits.attachmentBytesMax) return all
  const said = `All files together have ${sizeWords(total)}; no more than ${sizeWords(limits.attachmentBytesMax)} can leave.`
  return at(enclosureBlock(letter.key), said)
}

const OTHERS_NOW =
  'Somebody ticked here is not on the message you answer any more. Close this form and open Reply again; copy your text first.'
const MOVED = 'This conversation now belongs to somebody else than this form says. Close it and open Reply again.'
