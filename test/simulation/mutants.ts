// Faults planted by changing the source of a copy. A simulation that nobody has seen fail proves nothing.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CHAT, MAIL } from './customer-channel.ts'
import { ROOT } from './product.ts'
import type { Profile } from './profile.ts'
import { CALM_WIRE } from './wire.ts'

export interface Mutant {
  name: string
  edits: { file: string; find: string; replace: string }[]
  /** The history the hunt begins at: one in which it showed, so that it is found at once. Should it show there no more, others follow. */
  from?: number
  /** What makes its moment likely, so that it is found within seconds. */
  provoke?: (profile: Profile) => Partial<Profile>
}

const OWNER_INSTEAD_OF_CLAIM = ".where('owner', '=', (effect as { owner?: string }).owner ?? '')"

const TWO: Partial<Profile> = { store: 'several-by-watch', programs: 2 }
const MAIL_ONLY: Partial<Profile> = { channels: [MAIL], customers: 1 }
const CHAT_ONLY: Partial<Profile> = { channels: [CHAT], customers: 1 }
const HANGING = { crash: 0, freeze: 0.2, longFreezes: true, slow: 0 }

export const MUTANTS: Mutant[] = [
  {
    name: 'acknowledge before commit',
    from: 9,
    edits: [
      {
        file: 'intake.ts',
        find: 'await db.transaction(async (trx) => {\n        await keepAll(',
        replace: 'void db.transaction(async (trx) => {\n        await keepAll(',
      },
    ],
    provoke: () => ({ machine: { crash: 0.01, freeze: 0, slow: 0.5 }, kills: 5, questions: 12, answers: 0 }),
  },
  {
    name: 'blind re-queue',
    from: 10,
    edits: [
      {
        file: 'outbox-settle.ts',
        find: '(await doubt(trx, effect, trx.now(), UNHELD))',
        replace: '(await postpone(trx, effect, { dueAt: trx.now(), giveBack: { attempt: false, send: false } }))',
      },
    ],
  },
  {
    name: 'fence by instance',
    from: 44,
    edits: [
      {
        file: 'outbox-settle.ts',
        find: "await change(openUpdate(trx, effect)).where('claim', '=', effect.claim)",
        replace: `await change(openUpdate(trx, effect))${OWNER_INSTEAD_OF_CLAIM}`,
      },
      { file: 'outbox.ts', find: '    claim: row.claim,\n', replace: '    claim: row.claim,\n    owner: row.owner,\n' },
    ],
    provoke: () => ({
      ...TWO,
      ...CHAT_ONLY,
      machine: HANGING,
      wire: { ...CALM_WIRE, refused: 0.5, answerMinMs: 100_000, answerMaxMs: 180_000, lookMaxMs: 300 },
      customers: 10,
      questions: 10,
      answers: 20,
      undoMs: 0,
      uncertainWaitMs: 5_000,
      activeMs: 240_000,
      clockSteps: 0,
      kills: 0,
      stops: 0,
    }),
  },
  {
    name: 'success not recorded',
    from: 21,
    edits: [
      {
        file: 'outbox-attempt.ts',
        find: '? await settling.finish(trx, effect.id, outcome.ref)',
        replace: `? (await trx.selectFrom('outbox').select('id').where('id', '=', effect.id)
          .where('claim', '=', effect.claim).executeTakeFirst()) !== undefined &&
          (await settling.finish(trx, effect.id, outcome.ref))`,
      },
    ],
    provoke: ({ wire }) => ({
      ...TWO,
      ...MAIL_ONLY,
      customers: 4,
      machine: HANGING,
      wire: { ...wire, answerMaxMs: 60_000 },
      answers: 10,
      kills: 0,
      stops: 0,
    }),
  },
  {
    name: 'short grace',
    edits: [
      { file: 'outbox-attempt.ts', find: 'uncertainWaitMs: 45 * SECOND', replace: 'uncertainWaitMs: 3 * SECOND' },
    ],
    provoke: ({ wire }) => ({ ...CHAT_ONLY, wire: { ...wire, late: 0.4 } }),
  },
  {
    name: 'no self-release',
    from: 41,
    edits: [
      {
        file: 'outbox-attempt.ts',
        find: 'return await release(tools, effect)',
        replace: 'return',
      },
      {
        file: 'outbox-settle.ts',
        find: "eb.or([eb('owner', '=', owner), eb('owner', 'not in',",
        replace: "eb.or([eb('owner', 'not in',",
      },
    ],
    provoke: () => ({ deskPaceMs: 9_000 }),
  },
  {
    name: 'a step fires again',
    from: 6,
    edits: [
      {
        file: 'ping.ts',
        find: "selectFrom('ping').selectAll().where('window_id', '=', window.id)",
        replace:
          "selectFrom('ping').selectAll().where('window_id', '=', window.id).where('fired_at', '>', trx.now() - 60_000)",
      },
      { file: 'ping.ts', find: '    if (!first) continue\n', replace: '' },
      {
        file: 'notice.ts',
        find: "oc.columns(['window_id', 'step', 'to']).doNothing()",
        replace: "oc.columns(['window_id', 'step', 'to']).doUpdateSet({ told_at: null, effect_id: null })",
      },
    ],
    provoke: (profile) => ({
      ...MAIL_ONLY,
      bounces: 0.8,
      windowHours: 0.025,
      answers: 6,
      activeMs: profile.activeMs * 2,
    }),
  },
  {
    name: 'the window ends on click',
    edits: [
      {
        file: 'reply.ts',
        find: "  await appendFact(trx, { kind: 'reply-queued'",
        replace: `  await trx.updateTable('response_window').set({ ended_at: trx.now(), ended_as: 'answered', answered_by: id })
    .where('conversation_id', '=', conversation.id).where('ended_at', 'is', null).execute()
  await appendFact(trx, { kind: 'reply-queued'`,
      },
    ],
    provoke: ({ wire }) => ({ wire: { ...wire, forGood: 0.3 }, answers: 8 }),
  },
  {
    name: 'a ping leaves without asking whether it is still true',
    edits: [
      {
        file: 'telling.ts',
        find: "    .where('response_window.ended_at', 'is', null)\n",
        replace: '',
      },
    ],
    provoke: ({ wire }) => ({ ...CHAT_ONLY, windowHours: 0.025, wire: { ...wire, refused: 0.4 }, answers: 8 }),
  },
]

/** Copies the product with the fault in it and returns the folder. Throws when the place of the fault is gone. */
export function plant({ name, edits }: Mutant): string {
  const folder = join(ROOT, 'test-output', 'mutants', name.replaceAll(' ', '-'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(ROOT, 'src'), folder, { recursive: true })
  for (const { file, find, replace } of edits) {
    const path = join(folder, file)
    const source = readFileSync(path, 'utf8')
    const count = source.split(find).length - 1
    if (count !== 1)
      throw new Error(`"${find}" stands ${count} times in ${file}: show the mutant "${name}" its new place`)
    writeFileSync(
      path,
      source.replace(find, () => replace),
    )
  }
  return folder
}
