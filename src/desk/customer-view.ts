// "Customer…" as agents see it: who somebody is, on every channel, and what we have said of them.
import type { Button, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import { type KnownIdentity, listIdentities } from '../contact.ts'
import { NOTE_LENGTH_MAX } from '../contact-change.ts'
import { type Detail, readDetails } from '../contact-detail.ts'
import type { DetailKind } from '../db/schema.ts'
import { shorten } from '../slack/mrkdwn.ts'
import { languageName } from '../template/language.ts'
import { firstName, formalName } from '../template/name.ts'
import { cleanValue } from '../template/value.ts'
import { readPromised } from '../window-record.ts'
import { blockButton } from './block-button.ts'
import { fingerprint } from './body-input.ts'
import { oneLine } from './card.ts'
import { type FormMeta, formView } from './form.ts'
import { PERSON } from './person.ts'
import { customerName, isSaid, type Question, wayWords } from './question.ts'
import type { Desk, DeskTools } from './tools.ts'
import { type Inline, instant, paragraph, plain, word } from './words.ts'

export const CUSTOMER = 'customer'
export const CUSTOMER_TITLE = 'Customer'

const NAME_LENGTH_MAX = 60
const LINE_LENGTH_MAX = 300
const OPTIONS_MAX = 99
/** A menu has no empty value. */
const UNSAID = '-'

/** What stood in the fields: only what somebody changes is written. */
export interface CustomerMeta extends FormMeta {
  tier: string
  language: string
  called: string
  /** Fingerprint: the note itself is too long for a view's notes. */
  note: string
}

export async function customerView(
  tools: DeskTools,
  { identity, conversation }: Pick<Question, 'identity' | 'conversation'>,
  desk: Desk,
  news?: string,
): Promise<ModalView> {
  const { db, policies } = tools
  const details = await readDetails(db, identity.contactId)
  const held = (kind: DetailKind) => details.get(kind)?.value ?? undefined
  const tier = held('tier') ?? UNSAID
  const language = held('language') ?? UNSAID
  const called = held('called_by') ?? guessName(await listIdentities(db, identity.contactId))
  const said = held('note') ?? ''
  const isBlocked = held('blocked') !== undefined
  const at = { conversationId: conversation.id, at: desk.channel }
  const meta: CustomerMeta = { ...at, tier, language, called, note: fingerprint(said) }
  const configured = policies.tierOf({ ...(await readPromised(db, conversation.id)), tier: undefined })
  const blocks: KnownBlock[] = [
    ...(news === undefined ? [] : [paragraph([word(news, { bold: true }) satisfies Inline])]),
    ...(await listIdentities(db, identity.contactId)).map((each) => identityBlock(each)),
    ...blockedBlock(details.get('blocked')),
    {
      type: 'actions',
      elements: [writeButton(conversation.id), personButton(conversation.id), blockButton(conversation.id, isBlocked)],
    },
    ...tierInput([...new Set([...policies.tiers(), ...(tier === UNSAID ? [] : [tier])])], tier, configured),
    languageInput(languagesOf(tools, language), language),
    nameInput(called),
    noteInput(said),
    ...noteAuthor(details.get('note')),
  ]
  return formView({ callbackId: CUSTOMER, title: CUSTOMER_TITLE, submit: 'Save', meta, blocks })
}

function identityBlock(identity: KnownIdentity): KnownBlock {
  const name = shorten(oneLine(customerName(identity)), NAME_LENGTH_MAX)
  const address = isSaid(name, identity.address) ? '' : ` · ${identity.address}`
  return {
    type: 'section',
    text: plain(shorten(`${name}${address} · ${wayWords(identity.channelKind)}`, LINE_LENGTH_MAX)),
  }
}

function writeButton(conversationId: string): Button {
  return { type: 'button', action_id: 'write_to', text: plain('Write to them…'), value: conversationId }
}

function personButton(conversationId: string): Button {
  return { type: 'button', action_id: PERSON, text: plain('Same person as…'), value: conversationId }
}

function blockedBlock(said: Detail | undefined): KnownBlock[] {
  if (!said?.value) return []
  return [paragraph([word('🚫 Blocked by '), { type: 'user', user_id: said.set_by }, word(' '), instant(said.set_at)])]
}

function guessName(identities: readonly KnownIdentity[]): string {
  for (const { name, address, channelKind } of identities) {
    const guessed = firstName(name, channelKind === 'email' ? address : undefined) ?? formalName(name)
    if (guessed !== undefined) return cleanValue(guessed, NAME_LENGTH_MAX)
  }
  return ''
}

function tierInput(tiers: readonly string[], tier: string, configured: string | undefined): KnownBlock[] {
  if (tiers.length === 0) return []
  const usual = configured === undefined ? 'As configured' : `As configured: ${configured}`
  const options = [option(UNSAID, usual), ...tiers.slice(0, OPTIONS_MAX).map((name) => option(name, name))]
  return [menu('tier', 'Tier', options, tier, 'It decides how soon they are to be answered.')]
}

function languageInput(languages: readonly string[], language: string): KnownBlock {
  const options = [
    option(UNSAID, 'The one they write in'),
    ...languages.slice(0, OPTIONS_MAX).map((each) => option(each, languageName(each))),
  ]
  return menu('language', 'Language of letters', options, language)
}

function languagesOf({ letters }: Pick<DeskTools, 'letters'>, language: string): string[] {
  const there = new Set(['en', ...letters().map((letter) => letter.language)])
  if (language !== UNSAID) there.add(language)
  return [...there].sort()
}

function option(value: string, text: string): PlainTextOption {
  return { text: plain(shorten(text, 75)), value }
}

function menu(id: string, label: string, options: PlainTextOption[], chosen: string, hint?: string): KnownBlock {
  const initial = options.find(({ value }) => value === chosen)
  return {
    type: 'input',
    block_id: id,
    label: plain(label),
    ...(hint !== undefined && { hint: plain(hint) }),
    element: { type: 'static_select', action_id: id, options, ...(initial && { initial_option: initial }) },
  }
}

function nameInput(called: string): KnownBlock {
  return {
    type: 'input',
    block_id: 'called',
    optional: true,
    label: plain('Name in letters'),
    hint: plain('For example Ana, or Mrs Ruiz. Empty: letters greet them without a name.'),
    element: {
      type: 'plain_text_input',
      action_id: 'called',
      max_length: NAME_LENGTH_MAX,
      ...(called !== '' && { initial_value: called }),
    },
  }
}

function noteInput(said: string): KnownBlock {
  return {
    type: 'input',
    block_id: 'note',
    optional: true,
    label: plain('Note, for us only'),
    hint: plain('It stands on the card of every conversation of theirs, and never reaches them.'),
    element: {
      type: 'plain_text_input',
      action_id: 'note',
      multiline: true,
      max_length: NOTE_LENGTH_MAX,
      ...(said !== '' && { initial_value: said }),
    },
  }
}

function noteAuthor(said: Detail | undefined): KnownBlock[] {
  if (!said?.value || said.set_by === '') return []
  return [paragraph([word('Noted by '), { type: 'user', user_id: said.set_by }, word(' '), instant(said.set_at)])]
}

/** What the menu's value means. */
export function chosenDetail(value: string): string | undefined {
  return value === UNSAID || value === '' ? undefined : value
}
