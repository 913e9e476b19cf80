// From the composer to the preview: nothing is stored unless the text may leave as it stands.
import { SendError } from '../channel.ts'
import { preview } from '../reply.ts'
import { admit } from './admission.ts'
import { bodyBlock, type ComposerMeta, letterValue, readComposer } from './composer-view.ts'
import type { OpenView, Person } from './interaction.ts'
import { findObjection } from './objection.ts'
import { previewView } from './preview-view.ts'
import { readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'

/** Never rejects. */
export async function submitComposer(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { meta, text } = readComposer(view)
  const atBody = (said: string): Outcome => ({ kind: 'errors', blockId: bodyBlock(meta), text: said })
  const objection = findObjection(text)
  if (objection) return atBody(objection)
  try {
    return await makePreview(tools, who, { meta, text }, atBody)
  } catch (error) {
    tools.log.error({ conversation: meta.conversationId, error: String(error) }, 'desk: no preview could be made')
    const reason = error instanceof SendError ? error.message : 'something went wrong on our side. Please try again.'
    return atBody(`No preview could be made: ${reason}`)
  }
}

async function makePreview(
  tools: DeskTools,
  who: Person,
  { meta, text }: { meta: ComposerMeta; text: string },
  atBody: (said: string) => Outcome,
): Promise<Outcome> {
  const { conversation } = await readQuestion(tools.db, meta.conversationId)
  const { conversationId, identityId, seenSeq } = meta
  const desk = getDesk(tools, conversation.desk)
  const admission = await admit(tools, who, { desk, action: 'preview', conversationId })
  if (admission.kind === 'refused') return atBody(admission.text)
  if (conversation.identity_id !== identityId) return atBody(MOVED)
  const letter = tools.letters().find((candidate) => letterValue(candidate) === meta.letter)
  const shown = await preview(
    tools.db,
    tools.channelOf(conversation.channel),
    { conversationId, agent: admission.agent, markdown: text, template: letter?.key, seenSeq },
    { id: tools.newId('m'), now: tools.clock.now() },
  )
  const { draftId, channel, to, parts } = shown
  return {
    kind: 'push',
    view: previewView({ meta: { draftId, conversationId, at: desk.channel }, channel, to, parts }),
  }
}

const MOVED = 'This conversation now belongs to somebody else than this form says. Close it and open Reply again.'
