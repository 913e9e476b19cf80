// "More…", in a card's menu: what can be done about a conversation and is not done every hour.
import type { KnownBlock, ModalView, SectionBlock } from '@slack/types'
import { aboutLine } from './about.ts'
import { admitTo } from './admission.ts'
import type { FormMeta } from './form.ts'
import type { Click } from './interaction.ts'
import { type OnClick, opening } from './listen.ts'
import { MORE_ENTRIES } from './more-entries.ts'
import { openView, type Prepared } from './open-view.ts'
import { replaceView } from './respond.ts'
import type { DeskTools } from './tools.ts'
import { type CardView, readCard } from './view.ts'
import { type Inline, paragraph, plain, word } from './words.ts'

const TITLE = 'More'

/** One of them: its name, what it does in a sentence, and the button. Our own words only. */
export interface MoreEntry {
  action: string
  label: string
  says: string
  /** Without it, always. */
  isOffered?(card: CardView, tools: DeskTools): boolean
  /** Opens a form above this one, or does it at once and resolves to what it has done. */
  run: { kind: 'form'; open(tools: DeskTools, click: Click): Promise<void> } | { kind: 'deed'; act: Deed }
}

type Deed = (tools: DeskTools, click: Click) => Promise<string>

export async function openMore(tools: DeskTools, click: Click): Promise<void> {
  const prepare = async (): Promise<Prepared> => {
    const admission = await admitTo(tools, click.who, 'more', click.value)
    if (admission.kind === 'refused') return admission
    return { kind: 'view', view: await moreView(tools, click.value, admission.desk.channel) }
  }
  await openView(tools, click, { title: TITLE, prepare })
}

async function moreView(tools: DeskTools, conversationId: string, at: string, news?: string): Promise<ModalView> {
  const card = await readCard(tools.db, conversationId)
  const meta: FormMeta = { conversationId, at }
  const offered = MORE_ENTRIES.filter((entry) => entry.isOffered?.(card, tools) ?? true)
  const blocks: KnownBlock[] = [
    ...(news === undefined ? [] : [paragraph([word(news, { bold: true }) satisfies Inline])]),
    aboutLine(card.contact, card.subject),
    ...offered.map((entry) => entrySection(entry, conversationId)),
  ]
  return {
    type: 'modal',
    callback_id: 'told',
    private_metadata: JSON.stringify(meta),
    title: plain(TITLE),
    close: plain('Close'),
    blocks,
  }
}

/** The name stands where the eye looks for it, and the button is short, so that a phone has room for the words. */
function entrySection({ action, label, says, run }: MoreEntry, conversationId: string): SectionBlock {
  const text = plain(run.kind === 'form' ? 'Open' : 'Do it')
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: `*${label}*\n${says}` },
    accessory: { type: 'button', action_id: action, text, value: conversationId, accessibility_label: label },
  }
}

/** What is done at once is said in the form, which shows what is offered now. */
async function act(tools: DeskTools, click: Click, deed: Deed): Promise<void> {
  const said = await deed(tools, click)
  if (!click.view) return
  const { conversationId, at } = JSON.parse(click.view.metadata) as FormMeta
  const view = await moreView(tools, conversationId, at, said)
  await replaceView(tools, click.who, { channel: at }, { target: { view_id: click.view.id }, view })
}

export const MORE_CLICKS: Record<string, OnClick> = Object.fromEntries(
  MORE_ENTRIES.map(({ action, run }): [string, OnClick] => {
    if (run.kind === 'form') return [action, opening(run.open)]
    return [action, opening((tools, click) => act(tools, click, run.act))]
  }),
)
