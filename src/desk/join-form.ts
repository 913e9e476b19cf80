// "Join with": another conversation that is the same matter, found by its words or named by a link to its card.
import type { KnownBlock, ModalView } from '@slack/types'
import { merge } from '../move.ts'
import { withAbout } from './about.ts'
import { admitTo } from './admission.ts'
import { type FormMeta, formView, shortForm, toldView } from './form.ts'
import type { Click, OpenView, Person } from './interaction.ts'
import { JOIN_CHOICE } from './join-choice.ts'
import { findByThread } from './notes.ts'
import { openView, type Prepared } from './open-view.ts'
import type { Outcome } from './respond.ts'
import type { Desk, DeskTools } from './tools.ts'
import type { CardView } from './view.ts'
import { note, plain } from './words.ts'

export const JOIN_WITH = 'join_with'
const TITLE = 'Join with another'
const LINK_LENGTH_MAX = 500
const NO_CARD = 'This leads to no card of your desk. Copy the link of a card, or of anything in its thread.'

/** What went into another is parted first. */
export const canBeJoined = ({ related }: CardView) => !related?.isJoined

export async function openJoin(tools: DeskTools, click: Click): Promise<void> {
  await openView(tools, click, { title: TITLE, prepare: () => prepareJoin(tools, click) })
}

async function prepareJoin(tools: DeskTools, { who, value: id }: Click): Promise<Prepared> {
  const admission = await admitTo(tools, who, JOIN_WITH, id)
  if (admission.kind === 'refused') return admission
  return await withAbout(tools.db, admission.conversation, joinView(id, admission.desk))
}

export function joinView(conversationId: string, desk: Desk): ModalView {
  const meta: FormMeta = { conversationId, at: desk.channel }
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: JOIN_CHOICE,
      optional: true,
      label: plain('With which conversation?'),
      element: {
        type: 'external_select',
        action_id: JOIN_CHOICE,
        placeholder: plain('Type a name, an address or words'),
        min_query_length: 0,
      },
    },
    {
      type: 'input',
      block_id: 'link',
      optional: true,
      label: plain('Or the link to its card'),
      element: { type: 'plain_text_input', action_id: 'link', max_length: LINK_LENGTH_MAX },
    },
    note(
      'This one goes on there, with the longer waiting time of the two. “Part them” on its card takes it back. The customers hear nothing.',
    ),
  ]
  return formView({ callbackId: JOIN_WITH, title: TITLE, submit: 'Join', meta, blocks })
}

async function submitJoin(tools: DeskTools, who: Person, view: OpenView): Promise<Outcome> {
  const { conversationId } = JSON.parse(view.metadata) as FormMeta
  const admission = await admitTo(tools, who, JOIN_WITH, conversationId)
  const link = view.typed('link', 'link').trim()
  const chosen = view.chosen(JOIN_CHOICE, JOIN_CHOICE)
  const refused = (text: string): Outcome => ({ kind: 'errors', blockId: link === '' ? JOIN_CHOICE : 'link', text })
  if (admission.kind === 'refused') return refused(admission.text)
  if (link === '' && chosen === '') return refused('Choose a conversation, or paste the link to its card.')
  if (link !== '' && chosen !== '') return refused('Choose one of the two ways, and empty the other.')
  const into = link === '' ? chosen : await findByLink(tools, admission.desk, link)
  if (into === undefined) return refused(NO_CARD)
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const merged = await tools.db.transaction((trx) => merge(trx, conversationId, into, by))
  if (merged.kind === 'refused') return refused(merged.reason)
  return { kind: 'close', below: 'closed', late: toldView(TITLE, 'Saved: they are one now.') }
}

const PERMALINK = /\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})(?:\?(\S*))?$/

/** Only what stands in the desk's own channel is looked up: of others nobody learns here whether there is anything. */
async function findByLink({ db }: DeskTools, { name, channel }: Desk, link: string): Promise<string | undefined> {
  const [, place, seconds, rest, query] = PERMALINK.exec(link.replaceAll(/^<|[|>].*$/g, '')) ?? []
  if (place !== channel) return undefined
  const root = new URLSearchParams(query).get('thread_ts') ?? `${seconds}.${rest}`
  const found = await findByThread(db, channel, root)
  if (!found) return undefined
  const current = found.merged_into ?? found.id
  return found.desk === name ? current : undefined
}

export const joinForm = shortForm(TITLE, submitJoin, (view) => view.typed('link', 'link'))
