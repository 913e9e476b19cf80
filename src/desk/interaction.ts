// What a person did in Slack, reduced to what the desk acts on: a click, a choice in a view, a submitted view.
import type { BlockAction, MessageShortcut, ViewClosedAction, ViewOutput, ViewSubmitAction } from '@slack/bolt'
import type { AnyBlock, RichTextBlock } from '@slack/types'
import { SECOND } from '../clock.ts'
import type { SlackFile } from '../slack/download.ts'
import { listOf, textOf } from '../slack/field.ts'

export interface Person {
  id: string
  /** The organisation they belong to, which in a shared channel is not ours. */
  teamId: string | undefined
}

/** Where a word that only this person sees can be said. */
export interface Place {
  channel: string
  threadTs?: string
}

export interface Click {
  who: Person
  /** Opens one view, within three seconds. */
  triggerId: string
  /** The button's value, or the chosen option's. */
  value: string
  /** Undefined for a click inside a view. */
  place: Place | undefined
  /** The modal it was made in; a click in the home tab is in none. */
  view: OpenView | undefined
}

export interface OpenView {
  id: string
  hash: string
  /** The view below it in the person's stack. */
  below: string | undefined
  /** Our own notes, as we put them there. */
  metadata: string
  blocks: AnyBlock[]
  /** What was typed into an input. */
  typed(blockId: string, actionId: string): string
  /** What was typed into an input for formatted text. */
  rich(blockId: string, actionId: string): RichTextBlock | undefined
  /** The value of what was chosen in a menu; empty for nothing. */
  chosen(blockId: string, actionId: string): string
  /** `2030-06-14`; empty for none. */
  chosenDay(blockId: string, actionId: string): string
  /** In milliseconds; undefined for none. */
  chosenTime(blockId: string, actionId: string): number | undefined
  /** The person who was chosen; empty for nobody. */
  chosenPerson(blockId: string, actionId: string): string
  /** The values of all that was ticked. */
  chosenMany(blockId: string, actionId: string): string[]
  /** What was put into a field for files. */
  files(blockId: string, actionId: string): SlackFile[]
}

export interface Submission {
  who: Person
  view: OpenView
}

export function clickOf(body: BlockAction): Click {
  const action = body.actions?.[0]
  const channel = body.channel?.id ?? textOf(body.container?.channel_id)
  return {
    who: personOf(body.user),
    triggerId: body.trigger_id ?? '',
    value: (action && chosenIn(action)) ?? '',
    place: channel === undefined ? undefined : { channel, ...threadOf(body.message, body.container) },
    view: body.view && body.view.type !== 'home' ? openViewOf(body.view) : undefined,
  }
}

function chosenIn(action: BlockAction['actions'][0]): string | undefined {
  if ('selected_option' in action) return action.selected_option?.value
  return 'value' in action ? (action.value ?? undefined) : undefined
}

export function submissionOf(body: ViewSubmitAction | ViewClosedAction): Submission {
  return { who: personOf(body.user), view: openViewOf(body.view) }
}

export interface Shortcut extends Click {
  place: Place
  message: { ts: string; text: string; rich: RichTextBlock | undefined; isBot: boolean; fileNames: string[] }
}

export function shortcutOf(body: MessageShortcut): Shortcut {
  const { message, channel } = body
  const place = { channel: channel.id, ...threadOf(message) }
  return {
    who: personOf(body.user),
    triggerId: body.trigger_id,
    value: '',
    place,
    view: undefined,
    message: {
      ...{ ts: message.ts, text: message.text ?? '', rich: richIn(message.blocks) },
      isBot: typeof message.bot_id === 'string' && message.bot_id !== '',
      fileNames: listOf(message.files).flatMap(({ name, title }) => textOf(name) ?? textOf(title) ?? []),
    },
  }
}

/** A message that a person wrote has one block. */
function richIn(blocks: unknown): RichTextBlock | undefined {
  const all = Array.isArray(blocks) ? (blocks as AnyBlock[]) : []
  return all.find((block): block is RichTextBlock => block.type === 'rich_text')
}

/** Only for a message inside a thread: at the root, a word in the thread would be seen by nobody. */
function threadOf(
  message: { ts: string; thread_ts?: unknown } | undefined,
  container?: BlockAction['container'],
): { threadTs?: string } {
  // Of a message that only one person sees, Slack sends nothing back but where it stands.
  const threadTs = message?.thread_ts ?? container?.thread_ts
  const ts = message?.ts ?? container?.message_ts
  return typeof threadTs === 'string' && threadTs !== ts ? { threadTs } : {}
}

/** Where a word about a view can be said: our views carry it with them. */
export function placeOf({ metadata }: OpenView): Place | undefined {
  const { at } = JSON.parse(metadata || '{}') as { at?: unknown }
  return typeof at === 'string' ? { channel: at } : undefined
}

function personOf(user: { id: string; team_id?: string | undefined }): Person {
  return { id: user.id, teamId: user.team_id }
}

function openViewOf(view: ViewOutput): OpenView {
  // Slack leaves out what is empty, whatever its types say.
  const values: Partial<ViewOutput['state']['values']> = view.state?.values ?? {}
  const held = (blockId: string, actionId: string) => values[blockId]?.[actionId]
  return {
    id: view.id,
    hash: view.hash ?? '',
    below: view.previous_view_id ?? undefined,
    metadata: view.private_metadata ?? '',
    blocks: (view.blocks ?? []) as AnyBlock[],
    typed: (blockId, actionId) => held(blockId, actionId)?.value ?? '',
    rich: (blockId, actionId) => held(blockId, actionId)?.rich_text_value ?? undefined,
    chosen: (blockId, actionId) => held(blockId, actionId)?.selected_option?.value ?? '',
    chosenDay: (blockId, actionId) => held(blockId, actionId)?.selected_date ?? '',
    chosenTime(blockId, actionId) {
      const seconds = held(blockId, actionId)?.selected_date_time
      return typeof seconds === 'number' ? seconds * SECOND : undefined
    },
    chosenPerson: (blockId, actionId) => held(blockId, actionId)?.selected_user ?? '',
    chosenMany: (blockId, actionId) => (held(blockId, actionId)?.selected_options ?? []).map(({ value }) => value),
    files: (blockId, actionId) => (held(blockId, actionId)?.files ?? []).map(fileOf),
  }
}

type Uploaded = NonNullable<ViewOutput['state']['values'][string][string]['files']>[number]

function fileOf(file: Uploaded): SlackFile {
  return {
    id: file.id,
    name: file.name ?? file.title ?? 'file',
    type: file.mimetype || 'application/octet-stream',
    bytes: file.size ?? 0,
    url: file.url_private_download ?? file.url_private ?? '',
    mustAsk: file.file_access === 'check_file_info' || file.size === undefined,
  }
}
