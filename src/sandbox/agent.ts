// An agent's hands in the sandbox's Slack: they read what is on the screen and press what is there, as a person would.
import type { Ack } from './slack/delivery.ts'
import { asText, type Json, jsonList } from './slack/json.ts'
import { readBlocks, readMessage, readView } from './slack/read.ts'
import type { ViewRecord } from './slack/view-record.ts'
import type { Message } from './slack/workspace.ts'
import type { Stage } from './stage.ts'

export interface ReplyPlan {
  /** The letter to start from, as the menu names it; an empty text otherwise. */
  letter?: string
  /** What the agent answers where the letter asks, by the names of its questions; a day as 2030-06-14, a choice by its place. */
  answers?: Readonly<Record<string, string>>
  /** What the agent makes of the text that stands in the composer. */
  edit(text: string): string
}

export interface Agent {
  /** The root messages in the desk channel whose text shows these words. */
  findCard(words: string): Message | undefined
  waitForCard(words: string): Promise<Message>
  read(message: Message): string
  thread(card: Message): string[]
  click(card: Message, actionId: string): Promise<Ack>
  /** From the card to the preview. Resolves to what the preview shows. */
  compose(card: Message, plan: ReplyPlan): Promise<string>
  /** Presses Send in the preview. Resolves to what is shown then. */
  send(): Promise<string>
  /** The modal in front. */
  front(): ViewRecord | undefined
  closeAll(): Promise<void>
}

export function agentOf(stage: Stage, userId: string): Agent {
  const { slack, desk } = stage
  const { workspace } = slack
  const name = (id: string) => workspace.users.get(id)?.realName
  const read = (message: Message) => readMessage(message, { name })
  const findCard = (words: string) => workspace.messages(desk).find((message) => read(message).includes(words))
  const front = () => workspace.modals.get(userId)?.at(-1)
  const show = ({ view, blocks }: ViewRecord) => readView({ ...view, blocks }, { name })
  const waitForView = (callbackId: string) =>
    slack.waitFor(() => (front()?.view.callback_id === callbackId ? front() : undefined), `the ${callbackId} view`)
  const fillIn = async (blockId: string, answer: string) => {
    const view = front()
    const block = view?.blocks.find((each) => each.block_id === blockId)
    if (!view || !block) throw new Error(`the composer does not ask for ${blockId}`)
    const isText = asText(jsonList([block.element])[0]?.type) === 'plain_text_input'
    await (isText
      ? slack.type(userId, view.id, blockId, 'fill', answer)
      : slack.choose(userId, view.id, blockId, 'fill', answer))
  }
  return {
    findCard,
    waitForCard: (words) => slack.waitFor(() => findCard(words), `a card with "${words}"`),
    read,
    thread: (card) => workspace.thread(desk, card.ts).slice(1).map(read),
    click: (card, actionId) => slack.click(userId, { channel: desk, ts: card.ts, actionId }),
    async compose(card, plan) {
      await slack.click(userId, { channel: desk, ts: card.ts, actionId: 'reply' })
      const composer = await waitForView('composer')
      if (plan.letter !== undefined) await slack.choose(userId, composer.id, 'letter-0', 'letter', plan.letter)
      const field = await slack.waitFor(
        () => bodyOf(front()?.blocks ?? [], plan.letter !== undefined),
        'the text in the composer',
      )
      for (const [name, answer] of Object.entries(plan.answers ?? {}))
        await fillIn(`fill-${plan.letter}-${name}`, answer)
      await slack.type(userId, composer.id, field.blockId, 'text', plan.edit(field.text))
      await slack.submit(userId, composer.id)
      return show(await waitForView('preview'))
    },
    async send() {
      const preview = await waitForView('preview')
      await slack.submit(userId, preview.id)
      const after = front()
      return after ? readBlocks(after.blocks, { name }) : ''
    },
    front,
    async closeAll() {
      const open = front()
      if (open) await slack.close(userId, open.id, { all: true })
    },
  }
}

/** The composer's text field; with a letter chosen, only once the letter stands in it. */
function bodyOf(blocks: Json[], isFilled: boolean): { blockId: string; text: string } | undefined {
  const input = blocks.find((block) => block.type === 'input' && asText(block.block_id)?.startsWith('body-'))
  if (!input) return undefined
  const [element] = jsonList([input.element])
  const text = readBlocks([element?.initial_value])
  return isFilled && text === '' ? undefined : { blockId: asText(input.block_id) ?? '', text }
}
