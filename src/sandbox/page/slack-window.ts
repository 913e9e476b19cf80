// A person's Slack: a channel, a thread, their direct messages with the app, what only they see, and the modal in front.
import type { SlackStandIn } from '../slack/server.ts'
import type { Message } from '../slack/workspace.ts'
import { drawBlocks } from './draw-block.ts'
import { drawMessage } from './draw-message.ts'
import { drawMrkdwn } from './draw-text.ts'
import { drawHome, drawModal } from './draw-view.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

const MESSAGES_MAX = 60

export interface SlackWindow {
  channel(channelId: string): Html
  /** Empty when its root is gone. */
  thread(channelId: string, ts: string): Html
  /** What the app told this person alone. */
  directMessages(userId: string): Html
  home(userId: string): Html | undefined
  modal(userId: string): Html | undefined
  /** The newest that only this person sees in the channel. */
  whisper(userId: string, channelId: string): Html | undefined
}

export function slackWindow(slack: SlackStandIn, screen: Screen): SlackWindow {
  const { workspace } = slack
  const draw = (message: Message, answers = 0): Html => {
    const user = message.user === undefined ? undefined : workspace.users.get(message.user)
    const isApp = message.botId !== undefined
    const author = { name: message.username ?? (isApp ? 'Deskbell' : user?.realName) ?? 'Somebody', isApp }
    const files = (message.fileIds ?? []).flatMap((id) => workspace.files.get(id) ?? [])
    const shown = files.map((file) => ({ id: file.id, name: file.name, bytes: file.bytes.length }))
    return drawMessage({ message, author, files: shown, answers }, { screen })
  }
  const newest = (messages: Message[]) => messages.slice(-MESSAGES_MAX)
  return {
    channel: (id) =>
      html`${newest(workspace.messages(id)).map((root) => draw(root, workspace.thread(id, root.ts).length - 1))}`,
    thread: (id, ts) => html`${workspace.thread(id, ts).map((message) => draw(message))}`,
    directMessages(userId) {
      const dm = workspace.dm(userId)
      return html`${dm && newest(workspace.messages(dm.id)).map((message) => draw(message))}`
    },
    home(userId) {
      const record = workspace.homes.get(userId)
      return record && drawHome(record, screen)
    },
    modal(userId) {
      const record = workspace.modals.get(userId)?.at(-1)
      return record && drawModal(record, screen)
    },
    whisper(userId, channelId) {
      const last = workspace.ephemerals.filter(({ user, channel }) => user === userId && channel === channelId).at(-1)
      if (!last) return undefined
      const body = last.blocks ? drawBlocks(last.blocks, { screen }) : drawMrkdwn(last.text, screen)
      return html`<div class="whisper" data-ts="${last.ts}" data-channel="${last.channel}"><small>Only visible to you</small>${body}</div>`
    },
  }
}
