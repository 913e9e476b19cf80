// A click, a command or a filled-in form: it waits three seconds for its answer, and its token works for fifteen minutes.
import type { Json } from '../slack/json.ts'

export interface Interaction {
  id: string
  token: string
  appId: string
  type: number
  userId: string
  channelId: string
  guildId: string | undefined
  /** The message whose component was used. */
  messageId: string | undefined
  at: number
  /** What the person sees: still thinking, an answer, a form to fill in, or that it failed. */
  state: 'waiting' | 'deferred' | 'answered' | 'modal' | 'failed'
  isEphemeral: boolean
  /** The first answer, once there is one. */
  replyId: string | undefined
  /** The form put before the person. */
  modal: Json | undefined
  /** What was offered while typing a command. */
  choices: Json[] | undefined
}
