// What the small forms of the desk have in common: a question about one conversation, and a word when something is in the way.
import type { KnownBlock, ModalView } from '@slack/types'
import type { OpenView } from './interaction.ts'
import type { Form } from './listen.ts'
import { kept } from './sending-view.ts'
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

/** Nothing is left to do here but to read it. `text` is what the person had written, so that it can be used again. */
export function toldView(title: string, said: string | Inline[], text = ''): ModalView {
  return {
    type: 'modal',
    callback_id: 'told',
    title: plain(title),
    close: plain('Close'),
    blocks: [paragraph(typeof said === 'string' ? [word(said)] : said), ...kept(text)],
  }
}

const SAVING = 'Saving… This takes a little longer than usual.'

/** A form whose submission is one short commit. `textOf` is what was written in it, and is never lost. */
export function shortForm(title: string, submit: Form['submit'], textOf: (view: OpenView) => string = () => ''): Form {
  const told = (said: string, view: OpenView) => toldView(title, said, textOf(view))
  return {
    submit,
    failed: told,
    meanwhile: (view) => ({ kind: 'update', view: told(SAVING, view), refused: (said) => told(said, view) }),
  }
}
