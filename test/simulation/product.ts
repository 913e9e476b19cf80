// The product under simulation: the real modules, from `src/` or from a copy with one planted fault.
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Loads the modules a history needs from the folder, all of them from the same copy. */
export async function loadProduct(folder: string) {
  const load = async <M>(name: string): Promise<M> => await import(pathToFileURL(join(folder, name)).href)
  return {
    channel: await load<typeof import('../../src/channel.ts')>('channel.ts'),
    db: await load<typeof import('../../src/db/open.ts')>('db/open.ts'),
    delivery: await load<typeof import('../../src/delivery.ts')>('delivery.ts'),
    fact: await load<typeof import('../../src/fact.ts')>('fact.ts'),
    id: await load<typeof import('../../src/id.ts')>('id.ts'),
    inbox: await load<typeof import('../../src/inbox.ts')>('inbox.ts'),
    instance: await load<typeof import('../../src/instance.ts')>('instance.ts'),
    intake: await load<typeof import('../../src/intake.ts')>('intake.ts'),
    intakeRunner: await load<typeof import('../../src/intake-runner.ts')>('intake-runner.ts'),
    message: await load<typeof import('../../src/message.ts')>('message.ts'),
    notice: await load<typeof import('../../src/notice.ts')>('notice.ts'),
    outboxAttempt: await load<typeof import('../../src/outbox-attempt.ts')>('outbox-attempt.ts'),
    outboxRunner: await load<typeof import('../../src/outbox-runner.ts')>('outbox-runner.ts'),
    ping: await load<typeof import('../../src/ping.ts')>('ping.ts'),
    telling: await load<typeof import('../../src/telling.ts')>('telling.ts'),
    reply: await load<typeof import('../../src/reply.ts')>('reply.ts'),
    replyUndo: await load<typeof import('../../src/reply-undo.ts')>('reply-undo.ts'),
    responseWindow: await load<typeof import('../../src/response-window.ts')>('response-window.ts'),
    windowRecord: await load<typeof import('../../src/window-record.ts')>('window-record.ts'),
  }
}

export type Product = Awaited<ReturnType<typeof loadProduct>>
