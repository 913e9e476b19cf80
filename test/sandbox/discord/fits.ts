// The compiler's test: what the stand-in sends fits the types of Discord's API.
import type {
  APIDMChannel,
  APIGuildMember,
  APIMessage,
  APIRole,
  APIThreadChannel,
  APIThreadMember,
  APIUser,
  GatewayGuildCreateDispatchData,
  GatewayMessageCreateDispatchData,
} from 'discord.js'
import type { channelShape, threadMemberShape, threadShape } from '../../../src/sandbox/discord/shape-channel.ts'
import type { wholeGuildShape } from '../../../src/sandbox/discord/shape-guild.ts'
import type { attachmentShape, eventShape, messageShape } from '../../../src/sandbox/discord/shape-message.ts'
import type { fullMemberShape, roleShape, userShape } from '../../../src/sandbox/discord/shape-user.ts'

type Sent<Shape extends (...args: never[]) => unknown> = ReturnType<Shape>
/** What bots put into messages comes from them, and is checked by its form. */
type Given = 'embeds' | 'components' | 'poll' | 'message_snapshots' | 'referenced_message' | 'interaction_metadata'
type Fits<Theirs, Ours extends Theirs> = Ours

export type Checked = [
  Fits<APIUser, Sent<typeof userShape>>,
  Fits<Omit<APIGuildMember, 'flags'>, Sent<typeof fullMemberShape>>,
  Fits<Omit<APIRole, 'flags'>, Sent<typeof roleShape>>,
  Fits<Omit<APIMessage, Given | 'thread'>, Omit<Sent<typeof messageShape>, Given | 'thread'>>,
  Fits<
    Omit<GatewayMessageCreateDispatchData, Given | 'thread' | 'mentions'>,
    Omit<Sent<typeof eventShape>, Given | 'thread'>
  >,
  Fits<APIMessage['attachments'][number], Sent<typeof attachmentShape>>,
  Fits<Omit<APIThreadChannel, 'type' | 'flags'>, Omit<Sent<typeof threadShape>, 'type' | 'flags'>>,
  Fits<Omit<APIThreadMember, 'flags'>, Sent<typeof threadMemberShape>>,
  Fits<Omit<APIDMChannel, 'flags' | 'name'>, Extract<Sent<typeof channelShape>, { recipients: unknown }>>,
  Fits<
    Omit<GatewayGuildCreateDispatchData, 'channels' | 'threads' | 'members' | 'roles' | 'preferred_locale'>,
    Sent<typeof wholeGuildShape>
  >,
]
