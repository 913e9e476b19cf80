// A store that stops answering when told to, and goes on when told to: slower than any slow database.
import type { Db } from '../../src/db/open.ts'

export interface Stall {
  db: Db
  stop(): void
  goOn(): void
  /** How many are waiting for an answer. */
  waiting(): number
}

export function stallable(db: Db): Stall {
  let gate: PromiseWithResolvers<void> | undefined
  let waiting = 0
  const pass = async () => {
    waiting += 1
    await gate?.promise
    waiting -= 1
  }
  return {
    db: {
      ...db,
      selectFrom: ((...tables: Parameters<Db['selectFrom']>) =>
        slow(db.selectFrom(...tables), pass)) as Db['selectFrom'],
      async transaction(work) {
        await pass()
        return await db.transaction(work)
      },
    },
    stop() {
      gate = Promise.withResolvers<void>()
    },
    goOn() {
      gate?.resolve()
      gate = undefined
    },
    waiting: () => waiting,
  }
}

/** A query builder whose queries wait, however it is refined. */
function slow<T extends object>(builder: T, pass: () => Promise<void>): T {
  return new Proxy(builder, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      if (String(name).startsWith('execute')) {
        return async (...args: unknown[]) => {
          await pass()
          return await member.apply(target, args)
        }
      }
      return (...args: unknown[]) => {
        const next: unknown = member.apply(target, args)
        return typeof next === 'object' && next !== null && 'execute' in next ? slow(next, pass) : next
      }
    },
  })
}
