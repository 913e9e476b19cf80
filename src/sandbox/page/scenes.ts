// Scenes: something happens at one click, and the player goes on by hand from there.
import { HOUR, SECOND } from '../../clock.ts'
import type { FactKind } from '../../fact.ts'
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
  /** The fact about this customer, by name, that says the player has done it, and what there is to be seen then. */
  done: { fact: FactKind; about: string; next: string }
  play(tools: SceneTools): Promise<void>
  /** Mail waits for a program that does not run; this does not. */
  needsProgram?: true
}

const [ANA, BEN, CHLOE, DARIO] = CUSTOMERS as readonly [Customer, Customer, Customer, Customer]
/** For what the program does, and for its start. */
export const PATIENCE_MS = 30 * SECOND

export const SCENES: readonly Scene[] = [
  {
    name: 'first-mail',
    title: 'First mail',
    customer: () => ANA.address,
    next: 'Ana wrote a mail, and its card stands in #desk-support. Press Reply by email there, write a line, then Preview and Send.',
    done: {
      ...{ fact: 'reply-accepted', about: ANA.name },
      next: 'Ana has your answer: it stands in her mailbox. Her window ended when her mail server took it, and the card says Answered. And if nobody answers? Press Overdue and escalated.',
    },
    async play({ post }) {
      const text = 'Hello,\n\nI ordered on Monday and have heard nothing since. When will it come?\n\nAna'
      await post.write(ANA, { subject: 'Where is order 4711?', text })
    },
  },
  {
    name: 'discord',
    needsProgram: true,
    title: 'Answered from Discord',
    customer: () => COMMUNITY,
    next: 'Cleo asked on Discord. Finn tried to help, which ends nothing; Tom answered right there, and that is an answer. Go on from Slack: press Reply on Discord on the card.',
    done: {
      ...{ fact: 'reply-accepted', about: 'Cleo Adeyemi' },
      next: 'Your answer stands in Cleo’s thread on Discord, below Tom’s. One conversation, whoever answers it and wherever.',
    },
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
    needsProgram: true,
    title: 'Answered in Slack',
    customer: ({ guests }) => guests.lounges[0]?.id ?? '',
    next: 'Nora of Acme asked in the channel that Acme shares with us, and Ivo, her colleague, added to it. Press Reply in Slack on the card: your answer comes into their thread.',
    done: {
      ...{ fact: 'reply-accepted', about: 'Nora Vance' },
      next: 'Nora and Ivo read your answer in the thread of their own channel; what you say in the desk’s thread they never see.',
    },
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
    done: {
      ...{ fact: 'reply-voided', about: CHLOE.name },
      next: 'It came back. The card says so, its thread calls Maya by name, and the clock runs from Chloé’s own mail again: no answer counts that did not arrive.',
    },
    async play({ post }) {
      await post.write(CHLOE, { subject: 'Please send the invoice again', text: 'I cannot find it any more.\n\nChloé' })
    },
  },
  {
    name: 'faster',
    needsProgram: true,
    title: 'Colleague was faster',
    customer: () => BEN.address,
    next: 'While you had the composer open, Tom answered. Press Preview and then Send: you are asked before a second answer goes out.',
    done: {
      ...{ fact: 'reply-accepted', about: BEN.name },
      next: 'You have read Tom’s answer, and decided to send yours as well. Nobody sends a second one unknowingly.',
    },
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
    needsProgram: true,
    title: 'Overdue and escalated',
    customer: () => DARIO.address,
    next: 'A day has gone by and nobody answered Dario. The card says so, and Lena, the lead, has her ping on the right: she can take it, give it to somebody, or answer from there.',
    done: {
      ...{ fact: 'reply-accepted', about: DARIO.name },
      next: 'Dario has his answer, late. It is on record as late: Why? behind More… in the card’s menu shows each step of his window.',
    },
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
    next: 'Three mails, one conversation: its clock runs from the oldest one. The “everybody” in her words calls nobody. Answer her on the card.',
    done: {
      ...{ fact: 'reply-accepted', about: ANA.name },
      next: 'One answer for three mails, and the window that began with the first of them has ended.',
    },
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
