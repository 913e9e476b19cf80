// All that a message shows: its words, what it answers, what it passes on, and stickers, polls, recordings and embeds, for which there
// are no words.
import type { InboundAttachment } from '../../src/channel.ts'
import { attachmentsOf } from './attachment.ts'
import type { Names } from './discord-inline.ts'
import { joinBlocks, literal, quoted, readDiscord, type Written } from './discord-markdown.ts'
import { listOf, numberOf, type Payload, payloadOf, textOf } from './payload.ts'
import { nameOf, namesIn } from './person.ts'

export interface Body extends Written {
  /** Without what it answers. */
  unquoted?: string
  attachments: InboundAttachment[]
}

const QUOTE_MAX = 300
const EMBEDS_MAX = 10
const FIELDS_MAX = 25
const SNAPSHOTS_MAX = 5
const VOICE = 1 << 13

/** `withEmbeds`: by a machine that is believed. A person's embeds are only previews of links. */
export function readBody(message: Payload, place: Pick<Names, 'roles' | 'channels'>, withEmbeds: boolean): Body {
  const ids = { channelId: textOf(message.channel_id), messageId: textOf(message.id) }
  const snapshots = listOf(message.message_snapshots)
    .slice(0, SNAPSHOTS_MAX)
    .map((snapshot) => payloadOf(snapshot.message))
  const names = { ...place, users: namesIn(message) }
  const own = joinBlocks([
    ...words(message, names),
    ...extras(message),
    ...(withEmbeds
      ? listOf(message.embeds)
          .slice(0, EMBEDS_MAX)
          .map((embed) => readEmbed(embed, names))
      : []),
    ...snapshots.map((snapshot) => passedOn(snapshot, place)),
  ])
  const answered = readAnswered(message, place)
  const files = [message, ...snapshots].flatMap((each) => attachmentsOf(each, ids.channelId, ids.messageId))
  return {
    ...(answered ? joinBlocks([answered, own]) : own),
    ...(answered && own.text && { unquoted: own.text }),
    attachments: files,
  }
}

function words(message: Payload, names: Names): Written[] {
  const content = textOf(message.content)
  return content.trim() ? [readDiscord(content, names)] : []
}

function extras(message: Payload): Written[] {
  const stickers = listOf(message.sticker_items).map(({ name }) => literal(`[sticker: ${textOf(name)}]`))
  const voice = ((numberOf(message.flags) ?? 0) & VOICE) !== 0 ? listOf(message.attachments).slice(0, 1) : []
  const spoken = voice.map(({ duration_secs: seconds }) =>
    literal(`[voice message, ${Math.round(numberOf(seconds) ?? 0)} s]`),
  )
  const poll = payloadOf(message.poll)
  return [...stickers, ...spoken, ...(message.poll ? [readPoll(poll)] : [])]
}

function readPoll({ question, answers }: Payload): Written {
  const choices = listOf(answers).map((answer) => {
    const media = payloadOf(answer.poll_media)
    return `- ${textOf(media.text) || textOf(payloadOf(media.emoji).name)}`
  })
  return literal([`[poll] ${textOf(payloadOf(question).text)}`, ...choices].join('\n'))
}

function readEmbed(embed: Payload, names: Names): Written {
  const title = textOf(embed.title) || textOf(payloadOf(embed.author).name)
  const url = textOf(embed.url)
  const fields = listOf(embed.fields)
    .slice(0, FIELDS_MAX)
    .map(({ name, value }) => joinBlocks([literal(`${textOf(name)}:`), readDiscord(textOf(value), names)]))
  return joinBlocks(
    [
      literal([title, url].filter(Boolean).join(' ')),
      readDiscord(textOf(embed.description), names),
      ...fields,
      literal(textOf(payloadOf(embed.footer).text)),
    ].filter(({ text }) => text !== ''),
  )
}

/** A forward has no words of its own: Discord puts those of the original into a snapshot. */
function passedOn(snapshot: Payload, place: Pick<Names, 'roles' | 'channels'>): Written {
  const names = { ...place, users: namesIn(snapshot) }
  const embeds = listOf(snapshot.embeds).slice(0, EMBEDS_MAX)
  const said = joinBlocks([
    ...words(snapshot, names),
    ...extras(snapshot),
    ...(textOf(snapshot.content) ? [] : embeds.map((embed) => readEmbed(embed, names))),
  ])
  return joinBlocks([literal('[forwarded message]'), ...(said.text ? [quoted(said)] : [])])
}

/** The beginning of what it answers, as people see it above the message. */
function readAnswered(message: Payload, place: Pick<Names, 'roles' | 'channels'>): Written | undefined {
  const answered = payloadOf(message.referenced_message)
  const content = textOf(answered.content).trim()
  if (message.type !== 19 || !content) return undefined
  const head = content.length > QUOTE_MAX ? `${content.slice(0, QUOTE_MAX).toWellFormed()}…` : content
  const said = readDiscord(head, { ...place, users: namesIn(answered) })
  return quoted(joinBlocks([literal(`${nameOf(payloadOf(answered.author))}:`), said]))
}
