// The people of the workspace and all they can do, bound to one stand-in.
import { makeAdministration } from './administration.ts'
import { exit, openDm } from './conversations.ts'
import type { Ack } from './delivery.ts'
import { getUser } from './interaction.ts'
import type { Json } from './json.ts'
import type { TypedFile } from './play.ts'
import * as play from './play.ts'
import * as playView from './play-view.ts'
import { close, type Submitted, submit } from './submission.ts'
import type { Channel, User, UserGroup } from './workspace.ts'
import type { World } from './world.ts'

export interface NewUser {
  id?: string
  name: string
  realName?: string
  email?: string
  isGuest?: boolean
  /** Another app's bot. */
  isBot?: boolean
  /** Another organisation's workspace, for a person met through Slack Connect. */
  teamId?: string
  tz?: string
}

export interface NewChannel {
  id?: string
  name: string
  isPrivate?: boolean
  /** The bot is a member only when named here. */
  members?: readonly string[]
  isExtShared?: boolean
}

export interface People {
  /** Another organisation that shares channels with this one. Returns its workspace's id, for `teamId`. */
  addTeam(name: string): string
  addUser(user: NewUser): User
  /** Changes what is known of a person, and tells the app. */
  changeUser(userId: string, change: Partial<Omit<User, 'id'>>): void
  addChannel(channel: NewChannel): Channel
  addGroup(handle: string, users: readonly string[]): UserGroup
  join(userId: string, channel: string, inviter?: string): void
  leave(userId: string, channel: string): void
  archive(channel: string, isArchived?: boolean): void
  rename(channel: string, name: string): void
  /** Sharing a channel can give it another id, under which alone it is known from then on. Returns that. */
  renumber(channel: string): string
  /** An administrator deletes the channel with all that was said in it. */
  deleteChannel(channel: string): void
  /** An owner makes it public, or private again; nobody is told. */
  publish(channel: string, isPublic?: boolean): void
  /** An administrator shares the channel with another organisation, or stops sharing it. */
  share(channel: string, isExtShared?: boolean): void
  /** The person's direct messages with the app. */
  dm(userId: string): Channel
  /** Returns the ts. A channel is given by id or `#name`; the bot's user id stands for the direct messages with it. */
  say(
    userId: string,
    channel: string,
    text: string,
    options?: { threadTs?: string; files?: TypedFile[]; isBroadcast?: boolean },
  ): string
  /** As `/me` does. */
  emote(userId: string, channel: string, text: string): string
  /** A line of Slack's own about what this person did, such as `channel_topic` or `huddle_thread`. */
  remark(userId: string, channel: string, subtype: string, text: string): string
  edit(userId: string, channel: string, ts: string, text: string): void
  remove(userId: string, channel: string, ts: string): void
  react(userId: string, channel: string, ts: string, name: string): void
  unreact(userId: string, channel: string, ts: string, name: string): void
  unfurl(channel: string, ts: string, preview: { url: string; title: string }): void
  click(userId: string, target: playView.ClickTarget): Promise<Ack>
  choose(
    userId: string,
    viewId: string,
    blockId: string,
    actionId: string,
    choice: string | string[],
    query?: string,
  ): Promise<Ack | undefined>
  suggest(userId: string, viewId: string, blockId: string, actionId: string, query: string): Promise<Json[]>
  type(
    userId: string,
    viewId: string,
    blockId: string,
    actionId: string,
    value: string | Json,
  ): Promise<Ack | undefined>
  attach(userId: string, viewId: string, blockId: string, actionId: string, files: TypedFile[]): void
  submit(userId: string, viewId: string): Promise<Submitted>
  close(userId: string, viewId: string, options?: { all?: boolean }): Promise<void>
  shortcut(userId: string, callbackId: string, channel?: string, ts?: string): Promise<Ack>
  command(userId: string, channel: string, name: string, text?: string): Promise<Ack>
  openHome(userId: string, tab?: 'home' | 'messages'): void
}

export function makePeople(world: World): People {
  return {
    ...makeAdministration(world),
    join: (userId, channel, inviter) => play.join(world, userId, channel, inviter),
    leave: (userId, channel) => exit(world, play.getChannel(world, channel), userId),
    dm: (userId) => openDm(world, [getUser(world, userId).id]),
    say: (userId, channel, text, options) => play.say(world, userId, channel, text, options),
    emote: (userId, channel, text) => play.emote(world, userId, channel, text),
    remark: (userId, channel, subtype, text) => play.remark(world, userId, channel, subtype, text),
    edit: (userId, channel, ts, text) => play.edit(world, userId, channel, ts, text),
    remove: (userId, channel, ts) => play.remove(world, userId, channel, ts),
    react: (userId, channel, ts, name) => play.react(world, userId, channel, ts, name),
    unreact: (userId, channel, ts, name) => play.unreact(world, userId, channel, ts, name),
    unfurl: (channel, ts, preview) => play.unfurl(world, channel, ts, preview),
    click: (userId, target) => playView.click(world, userId, target),
    choose: (userId, viewId, block, action, choice, query) =>
      playView.choose(world, userId, viewId, block, action, choice, query),
    suggest: (userId, viewId, block, action, query) => playView.suggest(world, userId, viewId, block, action, query),
    type: (userId, viewId, block, action, value) => playView.type(world, userId, viewId, block, action, value),
    attach: (userId, viewId, block, action, files) => playView.attach(world, userId, viewId, block, action, files),
    submit: (userId, viewId) => submit(world, userId, viewId),
    close: (userId, viewId, options) => close(world, userId, viewId, options),
    shortcut: (userId, callbackId, channel, ts) => play.shortcut(world, userId, callbackId, channel, ts),
    command: (userId, channel, name, text = '') => play.command(world, userId, channel, name, text),
    openHome: (userId, tab) => play.openHome(world, userId, tab),
  }
}
