// From the composer to the preview: nothing is stored unless the text may leave as it stands.
import { SendError } from '../channel.ts'
import { preview } from '../reply.ts'
import { admit } from './admission.ts'
import { bodyBlock, letterValue, readComposer } from './composer-view.ts'
import { FILES_BLOCK, filesIn, takeFiles } from './file-input.ts'
import type { OpenView, Person } from './interaction.ts'
import { findObjection } from './objection.ts'
import { previewView } from './preview-view.ts'
import { readQuestion } from './question.ts'
import { CC_BLOCK, readCopies, tickedIn } from './recipient-input.ts'
import type { Outcome } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'

/** Never rejects. What is wrong is said at the field it is about, and everything stays as it was written. */
export async function submitComposer(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { meta, text } = readComposer(view)
  const atBody = (said: string): Outcome => ({ kind: 'errors', blockId: bodyBlock(meta), text: said })
  const objection = findObjection(text)
  if (objection) return atBody(objection)
  try {
    return await makePreview(tools, who, view)
  } catch (error) {
    tools.log.error({ conversation: meta.conversationId, error: String(error) }, 'desk: no preview could be made')
    const reason = error instanceof SendError ? error.message : 'something went wrong on our side. Please try again.'
    return atBody(`No preview could be made: ${reason}`)
  }
}

async function makePreview(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { meta, text } = readComposer(view)
  const at = (blockId: string, said: string): Outcome => ({ kind: 'errors', blockId, text: said })
  const { conversation } = await readQuestion(tools.db, meta.conversationId)
  const { conversationId, identityId, seenSeq } = meta
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'preview', conversationId })
  if (admission.kind === 'refused') return at(bodyBlock(meta), admission.text)
  if (conversation.identity_id !== identityId) return at(bodyBlock(meta), MOVED)
  const recipients = await tools.recipients(conversationId)
  const ticked = tickedIn(view)
  const cc = readCopies(ticked, recipients)
  if (!cc) return at(CC_BLOCK, OTHERS_NOW)
  const channel = tools.channelOf(conversation.channel)
  const attachments = await takeFiles(tools.read, filesIn(view), channel.limits)
  if (typeof attachments === 'string') return at(FILES_BLOCK, attachments)
  const letter = tools.letters().find((candidate) => letterValue(candidate) === meta.letter)
  const written = { conversationId, agent: admission.agent, markdown: text, template: letter?.key, seenSeq }
  const shown = await preview(
    tools.db,
    channel,
    { ...written, cc, ...(attachments.length > 0 && { attachments }), ...(meta.noteId && { noteId: meta.noteId }) },
    { id: tools.newId('m'), now: tools.clock.now(), choices: recipients },
  )
  const { draftId, channel: by, to, parts } = shown
  const letterhead = { channel: by, to, recipients }
  return {
    kind: 'push',
    view: previewView({ meta: { draftId, conversationId, at: desk.channel }, ...letterhead, parts }),
  }
}

const OTHERS_NOW =
  'Somebody ticked here is not on the message you answer any more. Close this form and open Reply again; copy your text first.'
const MOVED = 'This conversation now belongs to somebody else than this form says. Close it and open Reply again.'
