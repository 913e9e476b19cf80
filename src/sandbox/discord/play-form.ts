// A form as a person fills it in: its own structure with what was put in, and whole whatever is named by id.
import { asFlag, asJson, asNumber, asText, type Json, jsonList } from '../slack/json.ts'
import { newAttachment } from './message.ts'
import type { PlayedFile } from './play-message.ts'
import type { Attachment, Channel } from './records.ts'
import { channelShape } from './shape-channel.ts'
import { attachmentShape } from './shape-message.ts'
import { fullMemberShape, roleShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

const TEXT_INPUT = 4
const FILE_UPLOAD = 19
const TEXT_MAX = 4000

/** By custom id: text, what was picked, or the files that were added. */
export type FormValues = Record<string, string | readonly string[] | readonly PlayedFile[]>

export function fillForm(world: World, channel: Channel, appId: string, modal: Json, values: FormValues): Json {
  const files: Attachment[] = []
  const picked: string[] = []
  const components = jsonList(modal.components).map(fillRow)
  const uploads = Object.fromEntries(files.map((file) => [file.id, attachmentShape(world, file, appId, 'ephemeral-')]))
  const resolved = { ...resolveIds(world, channel, picked), ...(files.length > 0 && { attachments: uploads }) }
  return { custom_id: modal.custom_id, components, ...(Object.keys(resolved).length > 0 && { resolved }) }

  function fillRow({ type, id, component, components }: Json): Json {
    if (component) return { type, id, component: fill(asJson(component)) }
    return components ? { type, id, components: jsonList(components).map(fill) } : { type, id }
  }

  function fill(input: Json): Json {
    const { type, id } = input
    const customId = asText(input.custom_id) ?? ''
    const value = values[customId] ?? (type === TEXT_INPUT ? (asText(input.value) ?? '') : [])
    const named = { type, id, custom_id: customId }
    if (typeof value === 'string') {
      judge(input, customId, value)
      return { ...named, value }
    }
    if (type === FILE_UPLOAD) return { ...named, values: value.map(upload) }
    picked.push(...value.map(String))
    return { ...named, values: [...value] }
  }

  function upload(file: string | PlayedFile): string {
    if (typeof file === 'string') throw new Error('discord stand-in: files are given with their bytes')
    const attachment = newAttachment(world, { type: 'application/octet-stream', ...file })
    world.uploads.set(attachment.id, attachment)
    files.push(attachment)
    return attachment.id
  }
}

/** People, roles and channels that were picked by id come along whole. */
export function resolveIds(world: World, channel: Channel, ids: readonly string[]): Json {
  const guild = world.guilds.get(channel.guildId ?? '')
  const users: Json = {}
  const members: Json = {}
  const roles: Json = {}
  const channels: Json = {}
  for (const id of ids) {
    const user = world.users.get(id)
    const member = guild?.members.get(id)
    const role = guild?.roles.get(id)
    const place = world.channels.get(id)
    if (user) users[id] = userShape(user)
    if (user && member) members[id] = { ...fullMemberShape(member, user), user: undefined }
    if (guild && role) roles[id] = roleShape(role, guild)
    if (place) channels[id] = channelShape(world, place, '')
  }
  const found = Object.entries({ users, members, roles, channels })
  return Object.fromEntries(found.filter(([, entries]) => Object.keys(entries).length > 0))
}

/** What the form does not allow cannot be sent off. */
function judge(input: Json, customId: string, { length }: string): void {
  const isRequired = input.required === undefined || asFlag(input.required)
  const isShort = length < (asNumber(input.min_length) ?? 0) && (length > 0 || isRequired)
  const isLong = length > (asNumber(input.max_length) ?? TEXT_MAX)
  if ((length === 0 && isRequired) || isShort || isLong) {
    throw new Error(`discord stand-in: the form does not let ${customId} be ${length} characters long`)
  }
}
