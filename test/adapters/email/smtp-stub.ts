// A mail server that fails at a chosen moment of the conversation, for the moments the stand-in's faults do not reach.
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Moment = 'connect' | 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot'

/** What happens at the moment: an answer, a broken line, or nothing at all. */
export type Happening = { say: string } | 'drop' | 'silence'

export interface SmtpStub {
  host: string
  port: number
  /** Mails received to their final dot, whatever was answered. */
  received: string[]
}

const ANSWERS: Partial<Record<Moment, string>> = {
  greeting: '220 stub ready',
  EHLO: '250-stub\r\n250-AUTH PLAIN\r\n250 PIPELINING',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  dot: '250 taken',
}

export async function startSmtpStub(moment: Moment, happening: Happening): Promise<SmtpStub> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    converse(socket, moment, happening, received)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stub has no port')
  const stop = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  onTestFinished(stop)
  if (moment === 'connect') await stop()
  return { host: '127.0.0.1', port: address.port, received }
}

function converse(socket: Socket, moment: Moment, happening: Happening, received: string[]): void {
  let buffered = ''
  let inBody = false
  let nobody = false
  /** False when the conversation is over. */
  const at = (now: Moment): boolean => {
    if (now !== moment) {
      const answer = ANSWERS[now]
      if (answer) socket.write(`${answer}\r\n`)
      return true
    }
    if (happening === 'drop') socket.destroy()
    else if (happening !== 'silence') socket.write(`${happening.say}\r\n`)
    return happening !== 'drop' && happening !== 'silence'
  }
  const takeBody = (): boolean => {
    if (moment === 'body') return at('body')
    const end = buffered.indexOf('\r\n.\r\n')
    if (end < 0) return false
    received.push(buffered.slice(0, end))
    buffered = buffered.slice(end + 5)
    inBody = false
    return at('dot')
  }
  const takeLine = (): boolean => {
    const end = buffered.indexOf('\r\n')
    if (end < 0) return false
    const verb = buffered.slice(0, 4).toUpperCase() as Moment
    buffered = buffered.slice(end + 2)
    if (verb === 'DATA' && nobody) return socket.write('554 no recipients\r\n') || true
    if (!at(verb)) return false
    if (verb === 'RCPT' && moment === 'RCPT') nobody = true
    inBody = verb === 'DATA' && moment !== 'DATA'
    return true
  }
  socket.setNoDelay(true)
  if (!at('greeting')) return
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1')
    while (buffered && (inBody ? takeBody() : takeLine())) {
      // Each round takes one line, or one mail.
    }
  })
}
