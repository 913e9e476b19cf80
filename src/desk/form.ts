// What the small forms of the desk have in common: a question about one conversation, and a word when something is in the way.
import type { KnownBlock, ModalView } from '@slack/types'
import type { Form } from './listen.ts'
import { type Inline, paragraph, plain, word } from './words.ts'

/** What every form carries back to us. */
export interface FormMeta {
  conversationId: string
  /** The desk's channel, where a word about it can be said. */
  at: string
}

export function formView(form: {
  callbackId: string
  title: string
  submit: string
  meta: FormMeta
  blocks: KnownBlock[]
}): ModalView {
  return {
    type: 'modal',
    callback_id: form.callbackId,
    private_metadata: JSON.stringify(form.meta),
    title: plain(form.title),
    submit: plain(form.submit),
    close: plain('Cancel'),
    blocks: form.blocks,
  }
}

/** Nothing is left to do here but to read it. */
export function toldView(title: string, said: string | Inline[]): ModalView {
  return {
    type: 'modal',
    callback_id: 'told',
    title: plain(title),
    close: plain('Close'),
    blocks: [paragraph(typeof said === 'string' ? [word(said)] : said)],
  }
}

/** A form whose submission is one short commit. */
export function shortForm(title: string, submit: Form['submit']): Form {
  const refused = (said: string) => toldView(title, said)
  const saving = toldView(title, 'Saving… This takes a little longer than usual.')
  return { submit, failed: refused, meanwhile: () => ({ kind: 'update', view: saving, refused }) }
}
