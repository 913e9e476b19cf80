// A small, honest IMAP4rev1 server on loopback, so that the program can be tried and tested with its real mail client and no account.
import { createServer, type Server, type Socket } from 'node:net'
import { isRefusal, parseCommand, readPieces, refusal, tagOf } from './imap-command.ts'
import { type ImapFaults, makeImapFaults } from './imap-faults.ts'
import { CAPABILITIES, RULES } from './imap-rules.ts'
import { closeFolder, makeSession, type Session, tellNews } from './imap-session.ts'
import { makeInput, makeOutput } from './imap-wire.ts'
import { listenOn } from './loopback.ts'
import type { Mailbox, Mailboxes } from './mailbox.ts'

export interface ImapSide {
  readonly port: number
  readonly faults: ImapFaults
  /** One entry per open connection. */
  sessions(): { address: string | undefined; folder: string | undefined; idling: boolean }[]
  stop(): Promise<void>
}

interface ImapOptions {
  mailboxes: Mailboxes
  password: string
  accessTokens: ReadonlySet<string> | undefined
  port: number
}

/** During these the client's sequence numbers must stay as they are (RFC 3501 section 7.4.1). */
const KEEPS_NUMBERS = new Set(['FETCH', 'STORE', 'SEARCH'])

export async function startImap(options: ImapOptions): Promise<ImapSide> {
  const connections = new Map<Socket, Session>()
  const drop = () => {
    for (const socket of connections.keys()) socket.destroy()
  }
  const server: Server = createServer({ noDelay: true }, (socket) => accept(socket))
  const stopListening = async () => {
    drop()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const port = await listenOn(server, options.port, 'imapPort')
  const { faults, state } = makeImapFaults({
    mailboxes: options.mailboxes,
    sessions: () => connections.values(),
    drop,
    close: stopListening,
    listen: async () => void (await listenOn(server, port, 'imapPort')),
  })

  const open = (user: string, isRight: boolean): Mailbox => {
    const fault = state.takeLoginRefusal()
    if (fault) throw fault
    const mailbox = options.mailboxes.find(user)
    if (mailbox?.address === user.toLowerCase() && isRight) return mailbox
    throw refusal('NO', '[AUTHENTICATIONFAILED] Authentication failed.')
  }
  const host = {
    ...state,
    capabilities: () =>
      [
        CAPABILITIES,
        ...(options.accessTokens ? ['AUTH=XOAUTH2'] : []),
        ...(state.pretendsCondstore() ? ['CONDSTORE', 'QRESYNC'] : []),
      ].join(' '),
    login: (user: string, password: string) => open(user, password === options.password),
    loginByToken: (user: string, token: string) => open(user, options.accessTokens?.has(token) === true),
  }
  const accept = (socket: Socket) => {
    socket.on('error', () => undefined) // A client that dies is no fault of ours; 'close' follows.
    const session = makeSession(makeInput(socket), makeOutput(socket), host)
    session.output.hold(state.isStalled())
    connections.set(socket, session)
    socket.on('close', () => {
      connections.delete(socket)
      closeFolder(session)
    })
    void serve(session) // It ends with the connection; what it throws is our own mistake and ends the process.
  }
  return {
    port,
    faults,
    sessions: () =>
      [...connections.values()].map(({ mailbox, view, idling }) => ({
        address: mailbox?.address,
        folder: view?.folder.name,
        idling,
      })),
    stop: async () => {
      faults.resume()
      await stopListening()
    },
  }
}

async function serve(session: Session): Promise<void> {
  const { input, output, host } = session
  const say = (text: string) => {
    output.text(`${text}\r\n`)
    output.flush()
  }
  await host.ready()
  say(`* OK [CAPABILITY ${host.capabilities()}] Sandbox mail ready.`)
  while (!session.ended) {
    const pieces = await readPieces(input, () => say('+ OK'))
    if (!pieces) break
    await host.ready()
    say(await answer(session, pieces))
  }
  output.end()
}

async function answer(session: Session, pieces: (string | Buffer)[]): Promise<string> {
  try {
    const command = parseCommand(pieces)
    const rule = RULES[command.name]
    if (!rule) throw refusal('BAD', `Unknown command ${command.name}`)
    if (rule.needs !== 'nothing' && !session.mailbox) throw refusal('BAD', 'Log in first')
    if (rule.needs === 'folder' && !session.view) throw refusal('BAD', 'No mailbox selected')
    const text = await rule.run(session, command)
    tellNews(session, !KEEPS_NUMBERS.has(command.name))
    return `${command.tag} OK ${text}`
  } catch (error) {
    if (!isRefusal(error)) throw error
    // What the client wrote may stand in the message; a line end in it would be a second answer.
    return `${tagOf(pieces)} ${error.refused} ${error.message.replace(/[\r\n]/g, ' ')}`
  }
}
