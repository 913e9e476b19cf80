// A socket whose other end misbehaves: nothing it says may end the program or hold it up.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import type { Envelope } from '../../src/slack/envelope.ts'
import { openLine } from '../../src/slack/line.ts'
import { manualClock } from '../setup/clock.ts'

const HELLO = JSON.stringify({ type: 'hello' })

async function badSlack(greet: (socket: WebSocket) => void) {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port()}/link` }))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', greet)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = () => (server.address() as AddressInfo).port
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  return { botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: `http://127.0.0.1:${port()}/api/` }
}

test('Q9: messages nobody can read are passed over, what has no event in it is heard, and the next one is', async () => {
  const access = await badSlack((socket) => {
    socket.send(HELLO)
    for (const odd of [
      'no json',
      '7',
      'null',
      '[]',
      '{"type":"events_api"}',
      '{"type":"events_api","payload":{"event":null}}',
      '{"type":"events_api","envelope_id":"e0","payload":{"type":"app_rate_limited","minute_rate_limited":1518467820}}',
    ]) {
      socket.send(odd)
    }
    socket.send(JSON.stringify({ type: 'events_api', envelope_id: '1', payload: { event: { type: 'message' } } }))
  })
  const heard: Envelope[] = []
  const last = Promise.withResolvers<Envelope>()
  const handle = async (envelope: Envelope) => {
    heard.push(envelope)
    if (envelope.id === '1') last.resolve(envelope)
  }
  const line = await openLine(access, handle, { clock: systemClock(), log: silentLog })
  expect((await last.promise).body).toEqual({ event: { type: 'message' } })
  expect(heard.map(({ id }) => id)).toEqual(['e0', '1'])
  expect(line.isUp()).toBe(true)
  await line.close()
  expect(line.isUp()).toBe(false)
})

test('a socket that never says hello is given up', async () => {
  const clock = manualClock()
  const connected = Promise.withResolvers<void>()
  const access = await badSlack(() => connected.resolve())
  const opening = openLine(access, async () => undefined, { clock, log: silentLog })
  const failed = expect(opening).rejects.toThrow('no hello')
  await connected.promise
  await clock.advance(20_000)
  await failed
})

test('a socket closed before its hello is a failure and not a wait', async () => {
  const access = await badSlack((socket) => socket.close())
  const tools = { clock: systemClock(), log: silentLog }
  await expect(openLine(access, async () => undefined, tools)).rejects.toThrow('before its hello')
})

test('asked to leave, the line still sends the answers it owes', async () => {
  const acks: string[] = []
  const access = await badSlack((socket) => {
    socket.on('message', (data) => acks.push(JSON.parse(String(data)).envelope_id))
    socket.send(HELLO)
    socket.send(JSON.stringify({ type: 'interactive', envelope_id: 'click', payload: {} }))
    socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
  })
  const work = Promise.withResolvers<void>()
  const handle = async ({ ack }: Envelope) => {
    await work.promise
    await ack({})
  }
  const line = await openLine(access, handle, { clock: systemClock(), log: silentLog })
  expect(await line.over).toBe('asked')
  const closing = line.close()
  work.resolve()
  await closing
  expect(acks).toEqual(['click'])
})
