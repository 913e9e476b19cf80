// Blocking a customer, in their form; and `/desk blocked`, the quiet list of those who are, with what came from them meanwhile.
import type { Button, KnownBlock } from '@slack/types'
import { type BlockedContact, block, listBlocked, showHeld, unblock } from '../block.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { findOpenWindow } from '../window-record.ts'
import { admit, admitTo, listDesksOf } from './admission.ts'
import { BLOCK, UNBLOCK } from './block-button.ts'
import { oneLine } from './card.ts'
import type { Call } from './command.ts'
import { CUSTOMER_TITLE, type CustomerMeta, customerView } from './customer-view.ts'
import { toldView } from './form.ts'
import type { Click } from './interaction.ts'
import { customerName, readQuestion, wayWords } from './question.ts'
import { replaceView } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'
import type { Whisper } from './whisper.ts'
import { instant, note, paragraph, plain, word } from './words.ts'

/** On the list. */
export const UNBLOCK_LISTED = 'unblock_listed'
export const SHOW_HELD = 'show_held'

const NAME_LENGTH_MAX = 80
const BLOCKS_MAX = 48

/** In the customer's form, which shows how it is then. */
export async function changeBlock(tools: DeskTools, { who, view, value }: Click, wanted: boolean): Promise<void> {
  if (!view) return
  const { at } = JSON.parse(view.metadata) as CustomerMeta
  const admission = await admitTo(tools, who, wanted ? BLOCK : UNBLOCK, value)
  const question = await readQuestion(tools.db, value)
  const shown =
    admission.kind === 'refused'
      ? toldView(CUSTOMER_TITLE, admission.text)
      : await customerView(
          tools,
          question,
          admission.desk,
          await change(
            tools,
            { contactId: question.identity.contactId, conversationId: value },
            admission.agent.id,
            wanted,
          ),
        )
  await replaceView(tools, who, { channel: at }, { target: { view_id: view.id }, view: shown })
}

async function change(
  { db }: DeskTools,
  { contactId, conversationId }: { contactId: string; conversationId: string },
  agentId: string,
  wanted: boolean,
): Promise<string> {
  if (!wanted) return unblockedWords(await db.transaction((trx) => unblock(trx, contactId, agentId)))
  if (!(await db.transaction((trx) => block(trx, contactId, agentId)))) return 'They are blocked already.'
  const isWaiting = (await findOpenWindow(db, conversationId)) !== undefined
  return isWaiting
    ? 'Blocked. What they asked before still waits: answer it, or say “No reply needed” in the card’s menu.'
    : 'Blocked. What they write is kept and calls nobody.'
}

function unblockedWords(held: number | undefined): string {
  if (held === undefined) return 'They are not blocked any more.'
  if (held === 0) return 'Unblocked. What they write counts again; nothing came meanwhile.'
  return `Unblocked. What they write counts again. ${broughtWords(held)}`
}

function broughtWords(held: number): string {
  if (held === 1)
    return 'One message came meanwhile: it comes into its thread now, with a button if it needs an answer.'
  return `${held} messages came meanwhile: they come into their threads now, each with a button if it needs an answer.`
}

export async function showBlocked(tools: DeskTools, { who, channel }: Call): Promise<Whisper> {
  const own = await listDesksOf(tools, who)
  const here = tools.desks.find((desk) => desk.channel === channel)
  const wanted = here ? [here] : own.length > 0 ? own : tools.desks.slice(0, 1)
  for (const desk of wanted) {
    const admission = await admit(tools, who, { desk, action: 'blocked' })
    if (admission.kind === 'refused') return { text: admission.text }
  }
  const names = wanted.map(({ name }) => name)
  const listed = await listBlocked(tools.db, names)
  if (listed.length === 0) return { text: 'Nobody is blocked.' }
  const blocks = listed.flatMap(rowOf)
  const more = blocks.length > BLOCKS_MAX ? [note('These are the last that were blocked.')] : []
  return { text: 'Who is blocked', blocks: [...blocks.slice(0, BLOCKS_MAX), ...more] }
}

function rowOf(contact: BlockedContact): KnownBlock[] {
  const { contactId, desk, address, channelKind, at, by, held, heldLastAt } = contact
  const name = shorten(oneLine(customerName(contact)), NAME_LENGTH_MAX)
  const value = `${contactId} ${desk}`
  const button = (action_id: string, label: string): Button => ({
    type: 'button',
    action_id,
    text: plain(label),
    value,
  })
  const kept =
    held === 0 ? '\nNothing came since.' : `\n${held === 1 ? '1 message' : `${held} messages`} since, the last `
  return [
    paragraph([
      word(name, { bold: true }),
      word(
        `${name === address ? '' : ` · ${shorten(address, NAME_LENGTH_MAX)}`} · ${wayWords(channelKind)} · blocked by `,
      ),
      { type: 'user', user_id: by },
      word(' '),
      instant(at),
      word(kept),
      ...(heldLastAt === undefined ? [] : [instant(heldLastAt)]),
    ]),
    {
      type: 'actions',
      elements: [...(held > 0 ? [button(SHOW_HELD, 'Show what came')] : []), button(UNBLOCK_LISTED, 'Unblock')],
    },
  ]
}

export async function unblockListed(tools: DeskTools, click: Click): Promise<Whisper> {
  return await onListed(tools, click, UNBLOCK, async (contactId, agentId) =>
    unblockedWords(await tools.db.transaction((trx) => unblock(trx, contactId, agentId))),
  )
}

/** They stay blocked. */
export async function showListed(tools: DeskTools, click: Click): Promise<Whisper> {
  return await onListed(tools, click, SHOW_HELD, async (contactId) => {
    const held = await tools.db.transaction((trx) => showHeld(trx, contactId))
    return held === 0 ? 'It stands in its thread already.' : `${broughtWords(held)} They stay blocked.`
  })
}

async function onListed(
  tools: DeskTools,
  { who, value }: Click,
  action: string,
  act: (contactId: string, agentId: string) => Promise<string>,
): Promise<Whisper> {
  const [contactId = '', name = ''] = value.split(' ')
  const admission = await admit(tools, who, { desk: getDesk(tools, name), action })
  return { text: admission.kind === 'refused' ? admission.text : await act(contactId, admission.agent.id) }
}
