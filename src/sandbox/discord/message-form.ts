// The form of a message, as a bot sends or edits it: every field's rule, and whether anything is left to be said.
import { asText, type Json } from '../slack/json.ts'
import { may } from './access.ts'
import { readComponents } from './component-form.ts'
import { readEmbeds } from './embed-form.ts'
import { type Form, makeForm } from './form.ts'
import type { Upload } from './http.ts'
import { readAllowed } from './mentions.ts'
import { newAttachment } from './message.ts'
import { MAY } from './permissions.ts'
import { readPoll } from './poll-form.ts'
import { type Attachment, type Channel, FLAG, type Message } from './records.ts'
import { refuse } from './refusal.ts'
import type { World } from './world.ts'

export const CONTENT_MAX = 2000
const NONCE_MAX = 25
const FILES_MAX = 10
const FILE_NAME_MAX = 1024
const DESCRIPTION_MAX = 1024
/** Flags a bot may set. */
const SETTABLE = FLAG.suppressEmbeds | FLAG.ephemeral | FLAG.silent | FLAG.voice | FLAG.componentsV2

export interface Said {
  content: string | undefined
  embeds: Json[] | undefined
  components: Json[] | undefined
  flags: number | undefined
  tts: boolean
  nonce: string | number | undefined
  enforceNonce: boolean
  allowed: Json | undefined
  poll: Json | undefined
  /** The files that were sent along. */
  files: Attachment[]
  /** Ids of those already there that stay. */
  kept: string[] | undefined
  form: Form
}

/** Reads and checks; `before` is the message being edited. */
export function readSaid(world: World, body: Json, uploads: readonly Upload[], before?: Message): Said {
  const form = makeForm(body)
  const flags = form.integer('flags', { max: 2 ** 31 })
  const isV2 = ((flags ?? 0) | (before?.flags ?? 0)) & FLAG.componentsV2
  const attachments = form.list('attachments', { max: FILES_MAX })
  const said: Said = {
    // Discord trims what is sent.
    content: form.text('content', { max: CONTENT_MAX })?.trim(),
    embeds: readEmbeds(form),
    components: readComponents(form, Boolean(isV2)),
    flags,
    tts: form.flag('tts') ?? false,
    nonce: readNonce(form),
    enforceNonce: form.flag('enforce_nonce') ?? false,
    allowed: readAllowed(form),
    poll: readPoll(form, world.clock.now()),
    files: uploads.map((upload) => readFile(world, upload, attachments)),
    kept: attachments?.map((entry) => String(entry.raw.id)),
    form,
  }
  if (isV2) refuseOldParts(said)
  form.check()
  for (const { bytes } of uploads) if (bytes.length > world.settings.fileBytesMax) refuse(40005)
  return said
}

function readNonce(form: Form): string | number | undefined {
  form.text('nonce', { max: NONCE_MAX })
  const { nonce } = form.raw
  return typeof nonce === 'number' ? nonce : asText(nonce)
}

function readFile(
  world: World,
  { index, name, type, bytes }: Upload,
  entries: readonly Form[] | undefined,
): Attachment {
  const entry = entries?.find(({ raw }) => String(raw.id) === index)
  const description = entry?.text('description', { max: DESCRIPTION_MAX })
  const durationS = entry?.raw.duration_secs
  const waveform = asText(entry?.raw.waveform)
  return newAttachment(world, {
    name: entry?.text('filename', { max: FILE_NAME_MAX }) ?? name,
    type: type || 'application/octet-stream',
    bytes,
    ...(description !== undefined && { description }),
    ...(typeof durationS === 'number' && { durationS }),
    ...(waveform !== undefined && { waveform }),
  })
}

/** A message of components alone says everything in them. */
function refuseOldParts({ content, embeds, poll, form }: Said): void {
  const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'
  const message = (name: string) => `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`
  if (content) form.fault('content', code, message('content'))
  if (embeds && embeds.length > 0) form.fault('embeds', code, message('embeds'))
  if (poll) form.fault('poll', code, message('poll'))
}

/** A message must say something. */
export function needSubstance(
  message: Pick<Message, 'content' | 'embeds' | 'attachments' | 'components' | 'poll'>,
): void {
  const { content, embeds, attachments, components, poll } = message
  if (!content && embeds.length + attachments.length + components.length === 0 && !poll) refuse(50006)
}

/** What needs a permission of its own, beyond that of writing. Embeds without it are dropped silently. */
export function needPartPermissions(world: World, channel: Channel, botId: string, said: Said): void {
  if (said.files.length > 0 && !may(world, channel, botId, MAY.attach)) refuse(50013)
  if (said.poll && !may(world, channel, botId, MAY.sendPolls)) refuse(50013)
  if (!may(world, channel, botId, MAY.embed)) said.embeds &&= []
}

export function settable(flags: number | undefined): number {
  return (flags ?? 0) & SETTABLE
}
