// A stubborn agent: when Slack says that a press did not work, they press again; what they already see sent they do not send twice.
import { SECOND, systemClock } from '../../src/clock.ts'
import { agentOf } from '../../src/sandbox/agent.ts'
import { readBlocks } from '../../src/sandbox/slack/read.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import type { Stage } from '../../src/sandbox/stage.ts'

const AGAIN_MS = 300
const CLICK_MS = 6 * SECOND
const OUTCOME_MS = 40 * SECOND

export interface Hands {
  findCard(words: string): Message | undefined
  waitForCard(words: string): Promise<Message>
  shows(card: Message | undefined, words: string): boolean
  /** How many entries stand in the thread of the card with these words. */
  entries(words: string): number
  answer(card: Message, text: string): Promise<void>
}

export function makeHands(stage: Stage, userId: string, patienceMs: number): Hands {
  const agent = agentOf(stage, userId)
  const clock = systemClock()
  const current = (card: Message) => stage.slack.workspace.message(stage.desk, card.ts) ?? card
  const shows = (card: Message | undefined, words: string) =>
    card !== undefined && agent.read(current(card)).includes(words)
  const isSaid = (card: Message, text: string) => agent.thread(card).some((entry) => entry.includes(text))
  return {
    findCard: agent.findCard,
    waitForCard: (words) => stage.slack.waitFor(() => agent.findCard(words), `a card with "${words}"`, patienceMs),
    shows,
    entries(words) {
      const card = agent.findCard(words)
      return card ? agent.thread(card).length : 0
    },
    async answer(card, text) {
      const deadline = clock.monotonic() + patienceMs
      while (clock.monotonic() < deadline) {
        const isSent = await press(current(card), text).catch(() => false)
        if (isSent || isSaid(card, text)) return
        await clock.wait(AGAIN_MS)
      }
      throw new Error('the agent gave up pressing')
    },
  }

  /** One go at it, from wherever the last one stopped: a preview that is open is sent, never written anew. */
  async function press(card: Message, text: string): Promise<boolean> {
    if (agent.front()?.view.callback_id !== 'preview') {
      await agent.closeAll()
      await within(agent.compose(card, { edit: () => text }), CLICK_MS)
    }
    await within(agent.send(), CLICK_MS).catch(() => undefined)
    // "Saving…" is no answer: who sees it waits, and looks into the thread before writing it all again.
    const isKnown = () => isSaid(card, text) || agent.front()?.view.callback_id === 'preview' || isShownSent()
    await stage.slack.waitFor(isKnown, 'what became of it', OUTCOME_MS)
    return isShownSent()
  }

  function isShownSent(): boolean {
    const front = agent.front()
    return front !== undefined && /Leaves at|sent this already/.test(readBlocks(front.blocks))
  }

  async function within<T>(work: Promise<T>, ms: number): Promise<T> {
    const late = clock.wait(ms).then((): never => {
      throw new Error('too slow')
    })
    return await Promise.race([work, late])
  }
}
