// What is wrong with the channels, in sentences: told by events, found when reading back, and asked when we begin.
import type { SendError } from '../../src/channel.ts'
import type { Log } from '../../src/log.ts'
import type { SlackClients } from '../../src/slack/clients.ts'
import { type Fields, fieldsOf, textOf } from '../../src/slack/field.ts'
import type { Self } from '../../src/slack/room.ts'
import { codeOf, troubleOf } from '../../src/slack/trouble.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'

export interface Watch {
  hear(event: Fields): void
  /** Reading back failed there for good. */
  trouble(channel: string, trouble: SendError): void
  /** It was read back. */
  level(channel: string): void
  isGone(channel: string): boolean
  /** Asks Slack about every channel once. Never rejects. */
  look(stop: AbortSignal): Promise<void>
  problem(): string | undefined
}

type Trouble = 'archived' | 'removed' | 'deleted' | 'renumbered' | 'unreadable'

const NAMELESS =
  'replies do not carry the name of whoever writes them. Add the scope chat:write.customize and install the app again.'

const CODES: Record<string, Trouble> = {
  channel_not_found: 'removed',
  not_in_channel: 'removed',
  is_archived: 'archived',
}

function isGone(trouble: Trouble | undefined): boolean {
  return trouble === 'deleted' || trouble === 'renumbered'
}

export interface WatchTools {
  clients: Pick<SlackClients, 'read'>
  self: Self
  log: Log
  /** A channel that was shut can be read again. */
  onOpen(): void
}

export function makeWatch(config: CustomersConfig, { clients, self, log, onOpen }: WatchTools): Watch {
  const troubles = new Map<string, { is: Trouble; why: string }>()
  const note = (channel: string, is: Trouble | undefined, why = '') => {
    if (is === undefined) {
      if (troubles.delete(channel)) onOpen()
    }
    // Whoever asks for it now only hears that there is no such channel.
    else if (!isGone(troubles.get(channel)?.is)) troubles.set(channel, { is, why })
  }
  return {
    hear(event) {
      const channel = textOf(event.channel) ?? textOf(fieldsOf(event.channel).id) ?? textOf(event.old_channel_id) ?? ''
      if (!channelOf(config, channel)) return
      const type = textOf(event.type) ?? ''
      if (/^(channel|group)_archive$/.test(type)) note(channel, 'archived')
      else if (/^(channel|group)_left$/.test(type)) note(channel, 'removed')
      else if (/^(channel|group)_deleted$/.test(type)) note(channel, 'deleted')
      else if (type === 'channel_id_changed') note(channel, 'renumbered', textOf(event.new_channel_id))
      else if (/^(channel|group)_unarchive$/.test(type)) note(channel, undefined)
      else if (type === 'member_joined_channel' && event.user === self.botUserId) note(channel, undefined)
    },
    trouble(channel, trouble) {
      log.warn({ channel, error: trouble.message }, 'slack: cannot read what was missed')
      const is = CODES[codeOf(trouble) ?? '']
      // A direct message with a bot that is no more: who writes to the one we are now is heard.
      if (is !== undefined && channel.startsWith('D')) return
      note(channel, is ?? 'unreadable', trouble.message)
    },
    level(channel) {
      if (troubles.get(channel)?.is === 'unreadable') troubles.delete(channel)
    },
    async look(stop) {
      for (const { id } of config.channels) {
        if (stop.aborted) return
        await clients.read.conversations.info({ channel: id }).then(
          ({ channel }) => {
            const is = channel?.is_archived ? 'archived' : channel?.is_member === false ? 'removed' : undefined
            if (is !== undefined || troubles.get(id)?.is !== 'unreadable') note(id, is)
          },
          (error: unknown) => {
            const known = CODES[codeOf(troubleOf(error, 'look at a channel')) ?? '']
            if (known) note(id, known)
          },
        )
      }
    },
    isGone: (channel) => isGone(troubles.get(channel)?.is),
    problem() {
      const [first] = troubles
      if (first) return sentenceOf(config, first[0], first[1])
      const isNameless = self.scopes !== undefined && !self.scopes.includes('chat:write.customize')
      return isNameless ? `${config.name}: ${NAMELESS}` : undefined
    },
  }
}

function sentenceOf({ name }: CustomersConfig, channel: string, { is, why }: { is: Trouble; why: string }): string {
  const where = `${name}: the channel ${channel}`
  const what = channel === 'direct' ? 'the direct messages' : `what was written in ${channel}`
  switch (is) {
    case 'archived':
      return `${where} is archived, so nobody can write or be answered there. Unarchive it, or remove it from deskbell.yaml.`
    case 'removed':
      return `${where} does not have the app in it any more, so customers there are not heard. Invite the app to it again.`
    case 'deleted':
      return `${where} was deleted. Remove it from deskbell.yaml.`
    case 'renumbered':
      return `${where} has another id since it was shared, so customers there are not heard. Write ${why} in its place in deskbell.yaml.`
    case 'unreadable':
      return `${name}: ${what} of the time while Deskbell was away cannot be read. ${why}`
  }
}
