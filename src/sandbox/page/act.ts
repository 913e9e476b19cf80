// What a player can do from the page, as the browser sends it.
import { z } from 'zod'

const id = z.string().min(1).max(200)
const pane = z.enum(['agent', 'lead'])
const person = z.object({ person: id })
const filled = z.object({
  block: id,
  action: id,
  type: id,
  value: z.union([
    z.string().max(20_000),
    z.array(z.string().max(200)).max(100),
    z.object({ type: z.literal('rich_text'), elements: z.array(z.looseObject({})).max(1000) }),
  ]),
  /** By which it was found, in a list that the app fills. */
  query: z.string().max(200).optional(),
})
const file = z.object({ name: z.string().min(1).max(255), base64: z.string().max(8_000_000) })

export const actSchema = z.discriminatedUnion('do', [
  person.extend({
    do: z.literal('click'),
    channel: id.optional(),
    ts: id.optional(),
    view: id.optional(),
    block: z.string().max(255),
    action: id,
    value: z.string().max(2000).optional(),
  }),
  person.extend({ do: z.literal('fill'), view: id, field: filled }),
  person.extend({ do: z.literal('suggest'), view: id, block: id, action: id, query: z.string().max(200) }),
  person.extend({ do: z.literal('attach'), view: id, block: id, action: id, files: z.array(file).max(10) }),
  person.extend({ do: z.literal('submit'), view: id, fields: z.array(filled).max(100) }),
  person.extend({ do: z.literal('close'), view: id, all: z.boolean().optional() }),
  person.extend({
    do: z.literal('say'),
    channel: id,
    thread: id.optional(),
    text: z.string().min(1).max(12_000),
    files: z.array(file).max(10).optional(),
  }),
  person.extend({ do: z.literal('revise'), channel: id, ts: id, text: z.string().min(1).max(12_000) }),
  person.extend({ do: z.literal('remove'), channel: id, ts: id }),
  person.extend({ do: z.literal('shortcut'), name: id, channel: id, ts: id }),
  person.extend({ do: z.literal('dismiss'), ts: id }),
  z.object({ do: z.literal('command'), person: id, channel: id, text: z.string().max(2000) }),
  z.object({ do: z.literal('thread'), pane, ts: id.optional() }),
  z.object({ do: z.literal('tab'), pane, tab: z.enum(['desk', 'direct', 'home']) }),
  z.object({ do: z.literal('customer'), address: id }),
  z.object({ do: z.literal('agent'), person: id }),
  z.object({
    do: z.literal('mail'),
    subject: z.string().min(1).max(500),
    text: z.string().min(1).max(100_000),
    isAnswer: z.boolean(),
  }),
  z.object({ do: z.literal('discord'), person: id, topic: id.optional(), text: z.string().min(1).max(2000) }),
  z.object({ do: z.literal('pass'), time: z.enum(['hour', 'day', 'due']) }),
  z.object({ do: z.literal('scene'), name: id }),
  z.object({ do: z.literal('training'), name: z.enum(['start', 'next', 'finish', 'leave']) }),
  z.object({ do: z.literal('trouble'), name: z.enum(['slack-busy', 'mail-away', 'mail-back', 'kill', 'start']) }),
])

export type Act = z.infer<typeof actSchema>
export type Filled = z.infer<typeof filled>
