import { expect, test } from 'vitest'
import { DAY, MINUTE, SECOND } from '../src/clock.ts'
import { makeLog } from '../src/log.ts'
import { eachDatabase } from './setup/database.ts'
import { brokenRaw, fakeChannel, inbound, rawOf } from './setup/fake-channel.ts'
import { makeWorld } from './setup/world.ts'

const SECRET = 'hunter2-canary'
const WORDS = 'canary-of-the-customer'

function capture() {
  const lines: string[] = []
  const log = makeLog({ level: 'debug', secrets: [SECRET, ''], write: (line) => void lines.push(line) })
  return { log, lines }
}

test('X2: a secret is hidden wherever it stands: in a message, a value, an error, a stack, a child', () => {
  const { log, lines } = capture()
  log.info({ url: `https://x:${SECRET}@host` }, `connecting with ${SECRET}`)
  log.error(new Error(`535 ${SECRET} refused`), 'failed')
  log.warn({ error: String(new Error(SECRET)), cause: { deep: { er: SECRET } } }, 'failed')
  log.child({ account: SECRET }).debug('still hidden')
  expect(lines).toHaveLength(4)
  expect(lines.join()).not.toContain(SECRET)
  expect(lines.join()).toContain('[hidden]')
})

test('X2: values under telling names are hidden, known as secrets or not', () => {
  const { log, lines } = capture()
  log.info({ password: 'p1', token: 'p2', config: { botToken: 'p3', secret: 'p4', authorization: 'p5' } }, 'loaded')
  expect(lines.join()).not.toMatch(/"p\d"/)
})

test('X2: a secret that JSON writes differently is hidden too', () => {
  const lines: string[] = []
  const secret = 'pass"word\\with/marks'
  const log = makeLog({ level: 'info', secrets: [secret], write: (line) => void lines.push(line) })
  log.info({ error: `refused: ${secret}` }, `tried ${secret}`)
  expect(JSON.stringify(lines)).not.toContain('word')
  expect(JSON.parse(lines[0] ?? '').msg).toBe('tried [hidden]')
})

test('a log line is one JSON object with its time, and below the level there is none', () => {
  const lines: string[] = []
  const log = makeLog({ level: 'warn', secrets: [], write: (line) => void lines.push(line) })
  log.info({ message: 'm_1' }, '<= email')
  log.warn({ message: 'm_1' }, '<= email')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'm_1', msg: '<= email', time: expect.any(String) })
})

eachDatabase((open) => {
  test('X2: a long day with every kind of trouble logs no secret and not one of the words people wrote', async () => {
    const channel = fakeChannel('email:support')
    const world = await makeWorld(open, { channel, secrets: [SECRET] })
    await world.customerWrites(`${WORDS} asks`, { subject: WORDS, from: { address: `${WORDS}@x.org`, name: WORDS } })
    await world.keep([
      { key: 'torn', arrivedAt: 0, body: new TextEncoder().encode(`${WORDS} {"torn":`) }, // A parser quotes what it chokes on.
      brokenRaw('bomb', 0, 'bomb'),
      rawOf(inbound(WORDS, { from: { address: WORDS }, text: null as never })),
    ])
    for (let n = 0; n < 5; n++) {
      await world.runIntake()
      await world.clock.advance(MINUTE)
    }
    const send = channel.send.bind(channel)
    channel.send = async ([part]) => {
      channel.send = send
      throw new SyntaxError(`Unexpected token in ${part?.preview}`)
    }
    channel.fates.push({ kind: 'temporary' }, { kind: 'uncertain', arrives: false }, { kind: 'rejected', reason: 'no' })
    const conversation = (await world.db.selectFrom('conversation').select('id').orderBy('id').execute())[0]?.id ?? ''
    for (let n = 0; n < 3; n++) {
      await world.agentReplies(`${WORDS} answers`, { conversation })
      await world.passTime(45 * SECOND)
      await world.passTime(MINUTE)
    }
    await world.restart()
    await world.passTime(2 * DAY)
    expect(world.pings.length).toBeGreaterThan(0)
    const log = world.logLines.join()
    expect(world.logLines.length).toBeGreaterThan(5)
    expect(log).toContain('could not take in an event')
    expect(log).toContain('an attempt failed')
    expect(log).not.toContain('canary')
  })
})
