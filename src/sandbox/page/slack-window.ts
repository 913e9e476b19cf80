// A person's Slack: a channel, a thread, their direct messages with the app, what only they see, and the modal in front.
import type { SlackStandIn } from '../slack/server.ts'
import type { Ephemeral, Message } from '../slack/workspace.ts'
import { drawMessage } from './draw-message.ts'
import { drawHome, drawModal } from './draw-view.ts'
import { drawWhisper } from './draw-whisper.ts'
import { type Html, html } from './html.ts'
import type { Screen } from './screen.ts'

const MESSAGES_MAX = 60

export interface SlackWindow {
  channel(channelId: string): Html
  /** Empty when its root is gone. */
  thread(channelId: string, ts: string): Html
  /** A message with its answers below it; what these people wrote they can change. */
  exchange(channelId: string, ts: string, people: readonly string[]): Html
  /** What the app told this person alone. */
  directMessages(userId: string): Html
  toldCount(userId: string): number
  home(userId: string): Html | undefined
  modal(userId: string): Html | undefined
}

/** `viewer`: whose screen it is; what is for their eyes only, and what they can do with a message, is drawn for nobody else. */
export function slackWindow(slack: SlackStandIn, screen: Screen, viewer?: string): SlackWindow {
  const { workspace } = slack
  const draw = (message: Message, { answers = 0, people = viewer === undefined ? [] : [viewer] } = {}): Html => {
    const user = message.user === undefined ? undefined : workspace.users.get(message.user)
    const isApp = message.botId !== undefined
    const author = { name: message.username ?? (isApp ? 'Deskbell' : user?.realName) ?? 'Somebody', isApp }
    const files = (message.fileIds ?? []).flatMap((id) => workspace.files.get(id) ?? [])
    const shown = files.map((file) => ({ id: file.id, name: file.name, bytes: file.bytes.length }))
    const by = people.find((id) => id === message.user && !isApp)
    const reach = { ...(by !== undefined && { by }), canShortcut: viewer !== undefined && !isApp }
    return drawMessage({ message, author, files: shown, answers, reach }, { screen })
  }
  const newest = (messages: Message[]) => messages.slice(-MESSAGES_MAX)
  const whispers = (channelId: string, thread: string | undefined) =>
    workspace.ephemerals.filter(
      ({ user, channel, threadTs }) => user === viewer && channel === channelId && threadTs === thread,
    )
  return {
    channel: (id) =>
      inOrder(
        newest(workspace.messages(id)),
        (root) => draw(root, { answers: workspace.thread(id, root.ts).length - 1 }),
        whispers(id, undefined),
        screen,
      ),
    thread: (id, ts) => inOrder(workspace.thread(id, ts), (message) => draw(message), whispers(id, ts), screen),
    exchange(id, ts, people) {
      const [root, ...answers] = workspace.thread(id, ts)
      const below = answers.map((message) => draw(message, { people: [...people] }))
      return html`${root && draw(root, { people: [...people] })}${below.length > 0 && html`<div class="answers">${below}</div>`}`
    },
    directMessages(userId) {
      const dm = workspace.dm(userId)
      return html`${dm && inOrder(newest(workspace.messages(dm.id)), (message) => draw(message), whispers(dm.id, undefined), screen)}`
    },
    toldCount(userId) {
      const dm = workspace.dm(userId)
      return dm ? workspace.messages(dm.id).length : 0
    },
    home(userId) {
      const record = workspace.homes.get(userId)
      return record && drawHome(record, screen)
    },
    modal(userId) {
      const record = workspace.modals.get(userId)?.at(-1)
      return record && drawModal(record, screen)
    },
  }
}

/** What only one person sees stands among the rest, where it was said. */
function inOrder(messages: Message[], draw: (message: Message) => Html, whispers: Ephemeral[], screen: Screen): Html {
  const drawn = [
    ...messages.map((message) => ({ at: Number(message.ts), html: draw(message) })),
    ...whispers.map((whisper) => ({ at: Number(whisper.ts), html: drawWhisper(whisper, screen) })),
  ]
  return html`${drawn.sort((a, b) => a.at - b.at).map((each) => each.html)}`
}
