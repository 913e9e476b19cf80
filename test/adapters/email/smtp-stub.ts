// A mail server that fails at a chosen moment of the conversation, for the moments the stand-in's faults do not reach.
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type Moment = 'connect' | 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot'

/** What happens at the moment: an answer, a broken line, an answer that stops halfway, or nothing at all. */
export type Happening =
  | { say: string; afterMs?: number }
  | 'drop'
  | 'silence'
  | { stop: string; then: 'drop' | 'silence' }

export interface StubOptions {
  /** What it can do. */
  ehlo?: string[]
  /** Its answers to these recipients. */
  rcpt?: Record<string, string>
}

export interface SmtpStub {
  host: string
  port: number
  /** Mails received to their final dot, whatever was answered. */
  received: string[]
  /** Every line it was told before a body. */
  commands: string[]
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

export async function startSmtpStub(
  moment: Moment | 'never',
  happening: Happening,
  options: StubOptions = {},
): Promise<SmtpStub> {
  const received: string[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    converse(socket, { moment, happening, ...options }, { received, commands })
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
  return { host: '127.0.0.1', port: address.port, received, commands }
}

function converse(
  socket: Socket,
  { moment, happening, ehlo, rcpt }: StubOptions & { moment: Moment | 'never'; happening: Happening },
  { received, commands }: Pick<SmtpStub, 'received' | 'commands'>,
): void {
  let buffered = ''
  let inBody = false
  let nobody = false
  /** False when the conversation is over. */
  const at = (now: Moment): boolean => {
    if (now !== moment) {
      const answer = now === 'EHLO' && ehlo ? ehloAnswer(ehlo) : ANSWERS[now]
      if (answer) socket.write(`${answer}\r\n`)
      return true
    }
    return happen(socket, happening)
  }
  const takeBody = (): boolean => {
    if (moment === 'body') {
      at('body')
      socket.removeAllListeners('data') // Whatever else is said is not heard.
      socket.resume()
      return false
    }
    const isEmpty = buffered.startsWith('.\r\n')
    const end = isEmpty ? 0 : buffered.indexOf('\r\n.\r\n')
    if (end < 0) return false
    received.push(buffered.slice(0, end))
    buffered = buffered.slice(end + (isEmpty ? 3 : 5))
    inBody = false
    return at('dot')
  }
  const takeLine = (): boolean => {
    const end = buffered.indexOf('\r\n')
    if (end < 0) return false
    const line = buffered.slice(0, end)
    const verb = (line.toUpperCase().startsWith('STARTTLS') ? 'STARTTLS' : line.slice(0, 4).toUpperCase()) as Moment
    commands.push(line)
    buffered = buffered.slice(end + 2)
    if (verb === 'DATA' && nobody) return socket.write('554 no recipients\r\n') || true
    const own = verb === 'RCPT' ? rcpt?.[/<([^>]*)>/.exec(line)?.[1] ?? ''] : undefined
    if (own !== undefined) return socket.write(`${own}\r\n`) || true
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

function ehloAnswer(can: string[]): string {
  return ['stub', ...can].map((line, n) => `250${n === can.length ? ' ' : '-'}${line}`).join('\r\n')
}

/** False when the conversation is over. */
function happen(socket: Socket, happening: Happening): boolean {
  if (happening === 'drop') socket.destroy()
  if (typeof happening === 'string') return false
  if ('say' in happening) {
    if (happening.afterMs === undefined) socket.write(`${happening.say}\r\n`)
    else setTimeout(() => socket.write(`${happening.say}\r\n`), happening.afterMs)
    return true
  }
  if (happening.then === 'silence') socket.write(happening.stop)
  else socket.end(happening.stop)
  return false
}
