// A desk at which the real cards, threads and pings stand in Slack, and people act on them.
import { MINUTE } from '../../src/clock.ts'
import { deskHandlers } from '../../src/desk/handlers.ts'
import { makePresence } from '../../src/desk/presence.ts'
import { deskDay } from '../../src/desk-day.ts'
import { readMessage } from '../../src/sandbox/slack/read.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import type { OpenTestDb } from '../setup/database.ts'
import type { Wrote } from '../setup/world.ts'
import { type DeskTestOptions, makeTestDesk } from './desk.ts'

const LIMITS = { digestAbove: 5, digestWithinMs: 10 * MINUTE }

export type ActingDesk = Awaited<ReturnType<typeof makeActingDesk>>

export async function makeActingDesk(open: OpenTestDb, options: DeskTestOptions = {}) {
  const desk = await makeTestDesk(open, options)
  const { world, slack, channel, desks, lea } = desk
  const handle = () => {
    const { clients } = desk.room()
    const presence = makePresence({ ...world, read: clients.read })
    const posting = {
      ...world,
      channelOf: () => world.channel,
      room: { clients },
      desks,
      presence,
      limits: LIMITS,
      isRestricted: () => false,
    }
    const dayOf = () => deskDay(undefined)
    Object.assign(world.handlers, deskHandlers({ ...posting, dayOf }))
  }
  handle()

  const roots = () => slack.workspace.messages(channel).filter(({ botId }) => botId === slack.app.botId)
  const newest = (messages: Message[]) => {
    const message = messages.at(-1)
    if (!message) throw new Error('nothing is posted')
    return message
  }
  return {
    ...desk,
    async reconnect(configured?: string): Promise<void> {
      await desk.reconnect(configured)
      handle()
    },
    card: () => newest(roots()),
    shownCard: () => readMessage(newest(roots())),
    thread: () =>
      slack.workspace
        .thread(channel, newest(roots()).ts)
        .slice(1)
        .map((message) => readMessage(message)),
    threadMessages: () => slack.workspace.thread(channel, newest(roots()).ts).slice(1),
    /** A customer writes, and the real card stands in the channel. */
    async customerWrites(text: string, wrote: Wrote = {}): Promise<string> {
      const { conversation_id: id } = await world.customerWrites(text, wrote)
      await world.runOutbox()
      return id
    },
    /** What is owed to Slack is there. */
    settle: () => world.runOutbox(),
    /** Chooses in the card's menu. */
    menu(who: string, action: string) {
      const { ts, blocks } = newest(roots())
      const values = JSON.stringify(blocks).match(new RegExp(`"${action} v_[^"]*"`)) ?? []
      const value = values[0] ? (JSON.parse(values[0]) as string) : `${action} is not in the menu`
      return slack.click(who, { channel, ts, actionId: 'more', value })
    },
    /** Chooses "More…" there, and then what it offers. */
    async more(who: string, action: string) {
      await this.menu(who, 'more')
      await desk.waitForScreen(who, 'More')
      await slack.click(who, { viewId: desk.front(who).id, actionId: action })
    },
    press: (who: string, actionId: string) => slack.click(who, { channel, ts: newest(roots()).ts, actionId }),
    /** The lead's newest ping. */
    ping: () => newest(slack.workspace.messages(slack.dm(lea).id)),
    shownPing: () => readMessage(newest(slack.workspace.messages(slack.dm(lea).id))),
    pressOnPing: (who: string, actionId: string) => {
      const dm = slack.dm(lea).id
      return slack.click(who, { channel: dm, ts: newest(slack.workspace.messages(dm)).ts, actionId })
    },
    /** Until the lead is pinged about the answer that is due. */
    async comeDue(hours = 24): Promise<void> {
      await world.passTime(hours * 60 * MINUTE)
      for (let n = 0; n < 5; n++) await world.passTime(MINUTE)
    },
    pick: (who: string, blockId: string, value: string) =>
      slack.choose(who, desk.front(who).id, blockId, blockId, value),
    fill: (who: string, blockId: string, text: string) => slack.type(who, desk.front(who).id, blockId, blockId, text),
    /** Waits until this person alone is told something with these words, and resolves to all of it. */
    async hears(who: string, words: string): Promise<string> {
      const find = () => desk.told(who).findLast((said) => said.includes(words))
      return (await slack.waitFor(find, `a word that says "${words}"`)) ?? ''
    },
    isModalOpen: (who: string) => desk.modals(who).length > 0,
  }
}
