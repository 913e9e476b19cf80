// Agents read a conversation, think, look at the preview, press Send, sometimes confirm, sometimes take it back.
import type { SendResult } from '../../src/reply.ts'
import type { Program } from './program.ts'
import { type Answer, findReachable, type World } from './world.ts'

const THINK_MAX_MS = 40_000
const PATIENCE_MS = 15_000
const PRESSES_MAX = 8
const LOST: unique symbol = Symbol('no answer')

export async function agentsAnswer(world: World): Promise<void> {
  const { profile, time, chance } = world
  const answering = Array.from({ length: profile.answers }, async () => {
    await time.wait(chance.between(5_000, profile.activeMs + 30_000))
    await answer(world, `agent-${chance.between(1, 2)}`)
  })
  await Promise.all(answering)
}

async function answer(world: World, agentId: string): Promise<void> {
  const { time, chance } = world
  const program = findReachable(world)
  const opened = program && (await patiently(world, () => open(world, program)))
  if (!program || !opened || opened === LOST) return
  await time.wait(chance.between(500, THINK_MAX_MS))
  const id = program.machine.db.newId('m')
  const shown = await patiently(world, () => look(world, program, opened, { id, agentId }))
  if (shown === LOST) return
  await time.wait(chance.between(500, 10_000))
  const reply: Answer = { id, conversationId: opened.conversationId, seen: opened.seen, told: 'nothing' }
  world.answers.push(reply)
  const result = await press(world, reply, agentId, undefined)
  if (result?.kind !== 'queued') return
  if (chance.happens(0.15)) await takeBack(world, reply, agentId)
}

interface Opened {
  conversationId: string
  channel: string
  seenSeq: number
  /** The customer's messages that stood there. */
  seen: ReadonlySet<string>
}

/** What an agent has before them, in one glance. */
async function open({ store, chance }: World, { machine }: Program): Promise<Opened | undefined> {
  await machine.cross()
  const conversations = await store
    .selectFrom('conversation')
    .select(['id', 'channel', 'seq_last'])
    .orderBy('id')
    .execute()
  if (conversations.length === 0) return undefined
  const { id, channel, seq_last: seenSeq } = chance.pick(conversations)
  const messages = await store
    .selectFrom('message')
    .select('external_id')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'inbound')
    .execute()
  await machine.cross()
  return { conversationId: id, channel, seenSeq, seen: new Set(messages.map((message) => message.external_id)) }
}

async function look(
  { product }: World,
  { machine, channels }: Program,
  { conversationId, channel, seenSeq }: Opened,
  { id, agentId }: { id: string; agentId: string },
): Promise<void> {
  const via = channels.get(channel)
  if (!via) throw new Error(`there is no channel ${channel}`)
  const request = {
    conversationId,
    agent: { id: agentId, name: 'An' },
    markdown: 'Hello.',
    template: undefined,
    seenSeq,
  }
  await product.reply.preview(machine.db, via, request, { id, now: machine.clock.now() })
}

/** Presses Send until somebody answers; what is pressed twice counts once. */
async function press(
  world: World,
  reply: Answer,
  agentId: string,
  confirmedSeq: number | undefined,
): Promise<SendResult | undefined> {
  const { product, chance, profile, time } = world
  const how = { agentId, undoMs: profile.undoMs, ...(confirmedSeq !== undefined && { confirmedSeq }) }
  for (let presses = 0; presses < PRESSES_MAX; presses++) {
    const program = findReachable(world)
    const result =
      program &&
      (await patiently(world, () => program.machine.db.transaction((trx) => product.reply.send(trx, reply.id, how))))
    if (result === undefined || result === LOST) {
      await time.wait(chance.between(1_000, 10_000))
      continue
    }
    world.note(`${agentId} pressed Send on ${reply.id}: ${result.kind}`)
    if (result.kind === 'queued' || result.kind === 'sent-before') reply.told = 'queued'
    if (result.kind !== 'stale' || chance.happens(0.3)) return result
    return await press(world, reply, agentId, result.seenSeq)
  }
  return undefined
}

async function takeBack(world: World, reply: Answer, agentId: string): Promise<void> {
  const { product, chance, time, profile } = world
  await time.wait(chance.between(0, profile.undoMs + 2_000))
  const program = findReachable(world)
  if (!program) return
  const undo = () => program.machine.db.transaction((trx) => product.replyUndo.takeBack(trx, reply.id, agentId))
  const result = await patiently(world, undo)
  if (result === LOST) return
  world.note(`${agentId} takes back ${reply.id}: ${result.kind}`)
  if (result.kind === 'undone') reply.told = 'undone'
}

/** Nobody waits for ever: after a while the button is pressed again, or given up. */
async function patiently<T>({ time }: World, act: () => Promise<T>): Promise<T | typeof LOST> {
  const late = async (): Promise<typeof LOST> => {
    await time.wait(PATIENCE_MS)
    return LOST
  }
  return await Promise.race([act(), late()])
}
