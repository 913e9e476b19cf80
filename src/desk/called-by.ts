// "How to call them": once somebody knows better than the name a customer writes under, every letter does from then on.
import { readCalledBy, setCalledBy } from '../called-by.ts'
import { channelKind } from '../channel.ts'
import { greet } from '../template/greeting.ts'
import { firstName, formalName } from '../template/name.ts'
import { cleanValue } from '../template/value.ts'
import { admitTo } from './admission.ts'
import type { ComposerMeta } from './composer-view.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { readQuestion } from './question.ts'
import type { Outcome } from './respond.ts'
import { wordsFor } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { troubleIn } from './view-trouble.ts'
import { whisper } from './whisper.ts'
import { paragraph, plain, word } from './words.ts'

export const CALLED_BY = 'called_by'
const TITLE = 'How to call them'
const BLOCK = 'name'
const LENGTH_MAX = 60

/** Above the composer, which stays as it is. */
export async function openCalledBy(tools: DeskTools, { who, triggerId, view }: Click): Promise<void> {
  if (!view) return
  const { conversationId, at } = JSON.parse(view.metadata) as ComposerMeta
  const { identity, conversation } = await readQuestion(tools.db, conversationId)
  const email = channelKind(conversation.channel) === 'email' ? identity.address : undefined
  const guessed = firstName(identity.name, email) ?? formalName(identity.name) ?? ''
  const name = (await readCalledBy(tools.db, identity.contactId)) ?? guessed
  const form = nameForm({ conversationId, at }, cleanValue(identity.name, 200) || identity.address, name)
  const trouble = await troubleIn(tools.log, tools.ui.views.push({ trigger_id: triggerId, view: form }))
  const said = trouble && wordsFor(trouble)
  if (said) await whisper(tools, who, { channel: at }, said)
}

function nameForm(meta: FormMeta, writesAs: string, name: string) {
  const shown = cleanValue(name, LENGTH_MAX)
  return formView({
    callbackId: CALLED_BY,
    title: TITLE,
    submit: 'Save',
    meta,
    blocks: [
      paragraph([word('They write as '), word(writesAs, { bold: true }), word('.')]),
      {
        type: 'input',
        block_id: BLOCK,
        optional: true,
        label: plain(`Their name after “${greet('en', { name: undefined, calledBy: '' })}”`),
        hint: plain(
          'For example Ana, or Mrs Ruiz. Leave it empty to greet them without a name. Every letter does so from now on.',
        ),
        element: {
          type: 'plain_text_input',
          action_id: BLOCK,
          max_length: LENGTH_MAX,
          ...(shown !== '' && { initial_value: shown }),
        },
      },
    ],
  })
}

async function submitCalledBy(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, 'called-by', conversationId)
  if (admission.kind === 'refused') return { kind: 'errors', blockId: BLOCK, text: admission.text }
  const { identity } = await readQuestion(tools.db, conversationId)
  const name = cleanValue(view.typed(BLOCK, BLOCK), LENGTH_MAX)
  await tools.db.transaction((trx) => setCalledBy(trx, identity.contactId, name, admission.agent.id))
  return {
    kind: 'close',
    late: toldView(TITLE, 'Saved. The preview greets them so, unless you changed the greeting yourself.'),
  }
}

export const calledByForm = shortForm(TITLE, submitCalledBy, (view) => view.typed(BLOCK, BLOCK))
