// Puts sent messages right in Discord, or takes them back. Nothing is worse for being done twice.
import { type ExternalId, type Part, SendError } from '../../src/channel.ts'
import type { Api } from './api.ts'
import { readMessageId } from './external-id.ts'
import { openLetter } from './letter.ts'
import { NOBODY } from './sender.ts'
import { codeOf, troubleOf } from './trouble.ts'

const GONE = [10003, 10008]
const LONGER = 'A corrected reply cannot be more messages than it was. Shorten it, or send another one.'

/** Files stay as they were sent. Throws `SendError`. */
export async function reviseParts(api: Api, sent: readonly ExternalId[], parts: Part[]): Promise<void> {
  if (parts.length > sent.length) throw new SendError({ kind: 'rejected' }, LONGER)
  const attempt = { what: 'correct the answer', isRepeatable: true }
  for (const [index, externalId] of sent.entries()) {
    const part = parts[index]
    if (!part) await retractParts(api, [externalId])
    else {
      const { channelId, id } = placeOf(externalId)
      const body = { content: openLetter(part.body).content, allowed_mentions: NOBODY }
      await api.call('PATCH', `/channels/${channelId}/messages/${id}`, { body }).catch((error: unknown) => {
        throw troubleOf(error, attempt)
      })
    }
  }
}

/** Throws `SendError`. */
export async function retractParts(api: Api, sent: readonly ExternalId[]): Promise<void> {
  for (const externalId of sent) {
    const { channelId, id } = placeOf(externalId)
    await api.call('DELETE', `/channels/${channelId}/messages/${id}`).catch((error: unknown) => {
      if (GONE.includes(codeOf(error) ?? 0)) return
      throw troubleOf(error, { what: 'take the answer back', isRepeatable: true })
    })
  }
}

function placeOf(externalId: ExternalId): { channelId: string; id: string } {
  const place = readMessageId(externalId)
  if (!place) throw new SendError({ kind: 'rejected' }, 'This is no message that Discord has. Send another one.')
  return place
}
