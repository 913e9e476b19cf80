// A word for one person only: beside what they clicked, or in a direct message where that cannot be.
import type { KnownBlock } from '@slack/types'
import type { Person, Place } from './interaction.ts'
import type { DeskTools } from './tools.ts'

export interface Whisper {
  /** In Slack's mrkdwn, with what others wrote escaped. */
  text: string
  blocks?: KnownBlock[]
}

/** Never rejects: who cannot be told is in the log. */
export async function whisper(
  { ui, log }: Pick<DeskTools, 'ui' | 'log'>,
  who: Pick<Person, 'id'>,
  place: Place | undefined,
  said: Whisper,
): Promise<void> {
  const quiet = { unfurl_links: false, unfurl_media: false }
  try {
    if (!place) throw new Error('no place')
    const { channel, threadTs } = place
    await ui.chat.postEphemeral({ channel, user: who.id, ...said, ...(threadTs && { thread_ts: threadTs }) })
  } catch {
    // They are not in that channel, or not any more.
    await ui.chat
      .postMessage({ channel: who.id, ...said, ...quiet })
      .catch((error: unknown) => log.warn({ person: who.id, error: String(error) }, 'desk: could not tell a person'))
  }
}
