// The real program in a process of its own, with a clock that the page moves. It can be killed like any other.
import { readConfig, renderFaults } from '../../config.ts'
import type { Db } from '../../db/open.ts'
import { systemRandom } from '../../id.ts'
import { makeLog } from '../../log.ts'
import { type Deskbell, startDeskbell } from '../../main.ts'
import { movableClock } from '../clock.ts'
import type { Inside, ToPage, ToProgram } from './protocol.ts'
import { recall } from './recall.ts'

const FACTS_MAX = 40
const EFFECTS_MAX = 20
const WINDOWS_MAX = 50
/** Owed to nobody outside, and every few seconds. */
const HOUSEKEEPING = ['index', 'homes', 'overloads']

const clock = movableClock()
let deskbell: Deskbell | undefined

process.on('message', (told: ToProgram) => void hear(told))
process.on('disconnect', () => process.exit(0))

async function hear(told: ToProgram): Promise<void> {
  if (told.kind === 'forward') return clock.forward(told.ms)
  if (told.kind === 'start') return await start(told)
  if (told.kind === 'look') return deskbell && tell({ kind: 'inside', inside: await lookInside(deskbell) })
  if (told.kind === 'recall')
    return deskbell && tell({ kind: 'recalled', recalled: await recall(deskbell.db, told.since) })
  await deskbell?.stop()
  process.exit(0)
}

async function start({ yaml, env, movedMs }: Extract<ToProgram, { kind: 'start' }>): Promise<void> {
  clock.forward(movedMs)
  const read = readConfig({ yaml, env })
  if ('faults' in read) throw new Error(renderFaults(read.faults))
  const log = makeLog({ level: 'error', secrets: [] })
  deskbell = await startDeskbell(read.config, { clock, random: systemRandom(), log })
}

function tell(message: ToPage): void {
  process.send?.(message)
}

async function lookInside({ db, problems }: Deskbell): Promise<Inside> {
  return {
    problems: problems(),
    facts: await listFacts(db),
    effects: await listEffects(db),
    windows: await listOpenWindows(db),
  }
}

async function listFacts(db: Db): Promise<Inside['facts']> {
  return await db
    .selectFrom('fact')
    .leftJoin('conversation', 'conversation.id', 'fact.conversation_id')
    .leftJoin('identity', 'identity.id', 'conversation.identity_id')
    .select(['fact.id', 'fact.at', 'fact.kind', 'fact.actor', 'conversation.subject', 'identity.name'])
    .orderBy('fact.id', 'desc')
    .limit(FACTS_MAX)
    .execute()
}

async function listEffects(db: Db): Promise<Inside['effects']> {
  return await db
    .selectFrom('outbox')
    .leftJoin('conversation', 'conversation.id', 'outbox.conversation_id')
    .leftJoin('identity', 'identity.id', 'conversation.identity_id')
    .select([
      'outbox.id',
      'outbox.kind',
      'outbox.state',
      'outbox.due_at as dueAt',
      'outbox.attempts',
      'conversation.subject',
      'identity.name',
    ])
    .where('outbox.kind', 'not in', HOUSEKEEPING)
    // What is still owed stands above what is done.
    .orderBy(({ case: when }) =>
      when().when('outbox.state', 'in', ['queued', 'sending', 'uncertain', 'parked']).then(0).else(1).end(),
    )
    .orderBy('outbox.id', 'desc')
    .limit(EFFECTS_MAX)
    .execute()
}

async function listOpenWindows(db: Db): Promise<Inside['windows']> {
  return await db
    .selectFrom('response_window')
    .select(['id', 'due_at as dueAt'])
    .where('ended_at', 'is', null)
    .orderBy('due_at')
    .limit(WINDOWS_MAX)
    .execute()
}
