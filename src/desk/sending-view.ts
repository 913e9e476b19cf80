// What the agent sees after Send: that it is on its way, until when it can be taken back, and what became of that.
import type { AnyBlock, KnownBlock, ModalView } from '@slack/types'
import { richFromMarkdown } from '../slack/markdown-rich.ts'
import { richText } from '../slack/mrkdwn.ts'
import { addressee } from './composer-view.ts'
import { type Letterhead, PREVIEW } from './preview-view.ts'
import { sequelNote } from './sequel.ts'
import { instant, note, paragraph, plain, word } from './words.ts'

export const UNDO_ACTION = 'undo'
export const EDIT_AGAIN_ACTION = 'edit_again'
export const UNDONE = 'undone'

/** What an "Edit again" needs to open the composer with the same text. */
export interface UndoneMeta {
  conversationId: string
  at: string
  messageId: string
}

/** `after`: what was chosen to follow. */
export function sendingView(letter: Letterhead, sent: { messageId: string; dueAt: number }, after?: string): ModalView {
  return closing('Sending', [
    addressee(letter.channel, letter.to),
    paragraph([word('Leaves at '), instant(sent.dueAt, '{time_secs}'), word('. Until then you can take it back.')]),
    ...sequelNote(after),
    undoButton(sent.messageId),
  ])
}

export function undoButton(messageId: string): KnownBlock {
  return button(UNDO_ACTION, 'Undo', messageId)
}

export function editAgainButton(messageId: string): KnownBlock {
  return button(EDIT_AGAIN_ACTION, 'Edit again', messageId)
}

function button(actionId: string, label: string, value: string): KnownBlock {
  return { type: 'actions', elements: [{ type: 'button', action_id: actionId, text: plain(label), value }] }
}

/** A second click on Send: the first one counts. */
export function sentBeforeView(letter: Letterhead): ModalView {
  return closing('Sent once', [
    addressee(letter.channel, letter.to),
    paragraph([word('You have sent this already. It leaves once; the thread shows what becomes of it.')]),
  ])
}

const STATUS = 'status'

/** The database is slow: nothing is lost, and what the agent sends stays in sight. */
export function savingView(preview: readonly AnyBlock[]): ModalView {
  // A field wants a button below it, and what is being saved is not to be sent later as well.
  const shown = preview.filter(({ type }) => type !== 'input' && type !== 'actions')
  return closing('Saving…', withStatus('Saving your reply. This takes a little longer than usual.', shown))
}

/** Not saved, as far as we know. Pressing again is safe: a preview leaves once. */
export function tryAgainView(metadata: string, preview: readonly AnyBlock[]): ModalView {
  const text = 'Saving did not work just now. Press “Try again”: however often you do, your reply leaves once.'
  return {
    ...closing('Not saved', withStatus(text, preview)),
    callback_id: PREVIEW,
    private_metadata: metadata,
    submit: plain('Try again'),
  }
}

function withStatus(text: string, blocks: readonly AnyBlock[]): AnyBlock[] {
  return [paragraph([word(text)], STATUS), ...blocks.filter(({ block_id }) => block_id !== STATUS)]
}

/** Preparing takes longer than Slack waits. It is updated by this name, for nobody has told us its id. */
export function preparingView(externalId: string, text: string): ModalView {
  const status = 'Preparing the preview. This takes a little longer than usual.'
  return { ...aboveComposer([paragraph([word(status)]), ...keptLetter(text)]), external_id: externalId }
}

/** What would stand at the composer's field, had it been known in time. */
export function noPreviewView(reason: string, text: string): ModalView {
  return aboveComposer([paragraph([word(reason)]), ...keptLetter(text)])
}

/** Closing it leads back to the composer. */
function aboveComposer(blocks: KnownBlock[]): ModalView {
  return { type: 'modal', callback_id: 'told', title: plain('Preview'), close: plain('Back'), blocks }
}

export function undoneView(meta: UndoneMeta, text: string): ModalView {
  return {
    ...closing('Taken back', [paragraph([word('Taken back. Nothing was sent.')]), ...keptLetter(text)]),
    callback_id: UNDONE,
    private_metadata: JSON.stringify(meta),
    submit: plain('Edit again'),
  }
}

export function tooLateView(): ModalView {
  return closing('Too late', [paragraph([word('Too late to take it back: this reply has left already.')])])
}

/** Not sent, why, and the text so that it can be used again. */
export function notSentView(reason: string, text: string): ModalView {
  return closing('Not sent', [paragraph([word(reason)]), ...keptLetter(text)])
}

/** What somebody wrote and was not used, so that it can be used again. */
export function kept(text: string): KnownBlock[] {
  return text === '' ? [] : [...YOURS, ...richText(text)]
}

/** The same for a letter, which is Markdown. */
function keptLetter(markdown: string): KnownBlock[] {
  const shown = richFromMarkdown(markdown)
  return shown ? [...YOURS, shown] : []
}

const YOURS: KnownBlock[] = [{ type: 'divider' }, note('Your text:')]

/** The stack below is done with: closing this closes all of it. */
export function closing(title: string, blocks: AnyBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: 'told',
    title: plain(title),
    close: plain('Close'),
    clear_on_close: true,
    blocks,
  }
}
