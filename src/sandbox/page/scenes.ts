// Scenes: something happens at one click, and the player goes on by hand from there.
import { HOUR, SECOND } from '../../clock.ts'
import { agentOf } from '../agent.ts'
import type { Stage } from '../stage.ts'
import { CUSTOMERS, type Customer } from './cast.ts'
import { COMMUNITY, type Community } from './community.ts'
import type { Guests } from './guests.ts'
import type { Post } from './post.ts'

export interface SceneTools {
  stage: Stage
  post: Post
  community: Community
  guests: Guests
  /** Moves the time, and gives the program a moment to notice. */
  pass(ms: number): Promise<void>
}

export interface Scene {
  name: string
  title: string
  /** Whose mailbox is looked at, or which place in a chat. */
  customer(tools: SceneTools): string
  /** What the player does next. */
  next: string
  play(tools: SceneTools): Promise<void>
}

const [ANA, BEN, CHLOE, DARIO] = CUSTOMERS as readonly [Customer, Customer, Customer, Customer]
const PATIENCE_MS = 30 * SECOND

export const SCENES: readonly Scene[] = [
  {
    name: 'first-mail',
    title: 'First mail',
    customer: () => ANA.address,
    next: 'Ana’s card stands in #desk-support. Press Reply by email, look at the preview, send it: her mailbox on the left gets it.',
    async play({ post }) {
      const text = 'Hello,\n\nI ordered on Monday and have heard nothing since. When will it come?\n\nAna'
      await post.write(ANA, { subject: 'Where is order 4711?', text })
    },
  },
  {
    name: 'discord',
    title: 'Answered from Discord',
    customer: () => COMMUNITY,
    next: 'Cleo asked on Discord. Finn tried to help, which ends nothing; Tom answered right there, and that is an answer. Go on from Slack: press Reply on the card.',
    async play({ stage, community }) {
      const [cleo, finn, tom] = community.people
      const question = 'Does the lamp fit a European socket?'
      community.write(cleo?.id ?? '', question)
      const maya = agentOf(stage, stage.agent)
      const asked = () => community.topics().findLast(({ text }) => text === question)
      const { id } = await stage.slack.waitFor(
        () => (asked()?.hasThread ? asked() : undefined),
        'the thread',
        PATIENCE_MS,
      )
      community.write(finn?.id ?? '', 'I think so, mine does.', id)
      const card = await stage.slack.waitFor(() => maya.findCard('European socket'), 'the card', PATIENCE_MS)
      await stage.slack.waitFor(
        () => maya.thread(card).some((entry) => entry.includes('mine does')),
        'his words',
        PATIENCE_MS,
      )
      community.write(tom?.id ?? '', 'Yes, Cleo: the plug for Europe lies in the box.', id)
    },
  },
  {
    name: 'slack',
    title: 'Answered in Slack',
    customer: ({ guests }) => guests.lounges[0]?.id ?? '',
    next: 'Nora of Acme asked in the channel that Acme shares with us, and Ivo, her colleague, added to it. Press Reply in Slack on the card: your answer stands in their thread.',
    async play({ stage, guests }) {
      const [acme] = guests.lounges
      const [nora, ivo] = acme?.people ?? []
      const question = 'Can we order forty lamps on one invoice?'
      const asked = stage.slack.say(nora?.id ?? '', acme?.id ?? '', question)
      const maya = agentOf(stage, stage.agent)
      await stage.slack.waitFor(() => maya.findCard(question), 'the card', PATIENCE_MS)
      stage.slack.say(ivo?.id ?? '', acme?.id ?? '', 'And by the end of the month, please.', { threadTs: asked })
    },
  },
  {
    name: 'bounce',
    title: 'Reply bounced',
    customer: () => CHLOE.address,
    next: 'Chloé’s mailbox is gone. Answer her: the mail is accepted, comes back a moment later, and she counts as waiting from her first minute again.',
    async play({ post }) {
      await post.write(CHLOE, { subject: 'Please send the invoice again', text: 'I cannot find it any more.\n\nChloé' })
    },
  },
  {
    name: 'faster',
    title: 'Colleague was faster',
    customer: () => BEN.address,
    next: 'While you had the composer open, Tom answered. Press Preview and then Send: you are asked before a second answer goes out.',
    async play({ stage, post }) {
      const subject = 'Is the blue one in stock?'
      await post.write(BEN, { subject, text: 'And when could it be here?\n\nBen' })
      const maya = agentOf(stage, stage.agent)
      const tom = agentOf(stage, stage.colleague)
      const card = await stage.slack.waitFor(() => maya.findCard(subject), 'the card', PATIENCE_MS)
      await maya.click(card, 'reply')
      await stage.slack.waitFor(() => maya.front()?.view.callback_id === 'composer', 'the composer', PATIENCE_MS)
      await tom.compose(card, { edit: () => 'Hello Ben,\n\nyes, and it is with you on Thursday.\n\nTom' })
      await tom.send()
      await tom.closeAll()
    },
  },
  {
    name: 'overdue',
    title: 'Overdue and escalated',
    customer: () => DARIO.address,
    next: 'A day has gone by and nobody answered Dario. The card says so, and Lena, the lead, has her ping on the right.',
    async play({ stage, post, pass }) {
      const subject = 'The lamp arrived broken'
      await post.write(DARIO, { subject, text: 'The glass is in pieces. What now?\n\nDario' })
      const maya = agentOf(stage, stage.agent)
      await stage.slack.waitFor(() => maya.findCard(subject), 'the card', PATIENCE_MS)
      await pass(24 * HOUR + SECOND)
    },
  },
  {
    name: 'angry',
    title: 'Angry customer',
    customer: () => ANA.address,
    next: 'Three mails, one conversation: its clock runs from the oldest one. No reply closes it but yours.',
    async play({ post, pass }) {
      const subject = 'Still no refund'
      await post.write(ANA, { subject, text: 'You promised the refund for last week. Where is it?' })
      await pass(2 * HOUR)
      await post.write(ANA, { subject: `Re: ${subject}`, text: 'Is anybody there?', isAnswer: true })
      await pass(2 * HOUR)
      await post.write(ANA, {
        subject: `Re: ${subject}`,
        text: 'I AM LOSING MY PATIENCE!!! <!channel> **Answer me.**',
        isAnswer: true,
      })
    },
  },
]
