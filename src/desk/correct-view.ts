// What an agent sees of a reply that can be put right: the buttons below it, the form, its preview, and what became of it.
import type { Button, KnownBlock, ModalView } from '@slack/types'
import type { Part } from '../channel.ts'
import type { Correction } from '../correction.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { bodyInput } from './body-input.ts'
import { addressee } from './composer-view.ts'
import { formView } from './form.ts'
import { leaving } from './preview-view.ts'
import { type Inline, instant, note, paragraph, plain, word } from './words.ts'

export const CORRECT = 'correct'
export const CORRECTION_PREVIEW = 'correction_preview'
export const RETRACT = 'retract'
export const CORRECTED = 'text'

/** What the platform lets us do about a reply. */
export interface Abilities {
  revise: boolean
  retract: boolean
}

export function correctButtons(messageId: string, { revise, retract }: Abilities): Button[] {
  const asks = 'The customer cannot read it any more, and waits for an answer again as before it.'
  const confirm = {
    ...{ title: plain('Take it back?'), text: plain(asks) },
    ...{ confirm: plain('Take it back'), deny: plain('Cancel') },
  }
  const button = (action_id: string, label: string): Button => {
    return { type: 'button', action_id, text: plain(label), value: messageId }
  }
  return [
    ...(revise ? [button(CORRECT, 'Correct…')] : []),
    ...(retract ? [{ ...button(RETRACT, 'Take back…'), confirm }] : []),
  ]
}

export interface CorrectMeta {
  messageId: string
  conversationId: string
  at: string
  seenVersions: number
  correctionId?: string
}

export interface Correcting {
  meta: CorrectMeta
  channel: string
  to: { address: string; name?: string | undefined }
}

export function correctView({ meta, channel, to }: Correcting, text: string): ModalView {
  return formView({
    callbackId: CORRECT,
    title: 'Correct',
    submit: 'Preview',
    meta,
    blocks: [
      addressee(channel, to),
      bodyInput({
        ...{ blockId: CORRECTED, label: 'What it should say', markdown: text },
        hint: 'It takes the place of what was sent. Next you see exactly what the customer will read.',
      }),
    ],
  })
}

export function correctionPreview({ meta, channel, to }: Correcting, parts: readonly Part[]): ModalView {
  const shown = { meta: { draftId: meta.correctionId ?? '', ...meta }, channel, to, parts }
  const view = formView({
    callbackId: CORRECTION_PREVIEW,
    title: 'Preview',
    submit: 'Correct it',
    meta,
    blocks: [...leaving(shown), note('This takes the place of what was sent. The thread keeps what it said before.')],
  })
  return { ...view, close: plain('Back') }
}

const REASON_LENGTH = 300

/** What is being done about a reply, or was. */
export function correctionBlocks(
  correction: Pick<Correction, 'kind' | 'state' | 'error' | 'agent_id'> | undefined,
  { editedAt, deletedAt }: { editedAt: number | undefined; deletedAt: number | undefined },
): KnownBlock[] {
  const edited: Inline[] = editedAt === undefined ? [] : [word('✏️ Corrected '), instant(editedAt), word('.')]
  const deleted: Inline[] =
    deletedAt === undefined ? [] : [word('🗑️ Taken back '), instant(deletedAt), word('. It answers nothing any more.')]
  const doing = correction === undefined ? [] : doingWords(correction)
  const lines = [edited, deleted, doing].filter((line) => line.length > 0)
  if (lines.length === 0) return []
  return [paragraph(lines.flatMap((line, n) => (n === 0 ? line : [word('\n'), ...line])))]
}

function doingWords({
  kind,
  state,
  error,
  agent_id,
}: Pick<Correction, 'kind' | 'state' | 'error' | 'agent_id'>): Inline[] {
  const by: Inline = { type: 'user', user_id: agent_id }
  const why = shorten((error ?? '').replaceAll(/\s+/g, ' ').trim(), REASON_LENGTH)
  const [doing, failed] =
    kind === 'revise' ? [' corrects it.', ' could not correct it: '] : [' takes it back.', ' could not take it back: ']
  if (state === 'queued') return [word('⏳ '), by, word(doing)]
  if (state === 'deferred')
    return [word('⏳ '), by, word(`${doing} Not done yet; Deskbell tries again by itself. ${why}`)]
  if (state !== 'rejected') return []
  return [word('❌ '), by, word(`${failed}${why} The customer reads what they read before.`)]
}
