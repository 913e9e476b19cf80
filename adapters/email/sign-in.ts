// Signing in once, as a person, for a token that lasts: by a code that is typed at Microsoft, or by a browser that comes back from Google.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, MINUTE, SECOND } from '../../src/clock.ts'
import type { Random } from '../../src/id.ts'
import { SCOPES } from './access-token.ts'
import { imapClient } from './imap-connection.ts'
import { imapProblem } from './imap-problem.ts'
import type { MailboxConfig, OAuth } from './mailbox-config.ts'
import { type Grant, post, requestToken, TokenError } from './token-request.ts'

export interface SignInTools {
  clock: Clock
  random: Random
  /** To the person at the terminal. */
  say(text: string): void
  /** Lines that the person pastes: the address at which a browser on another machine ended. */
  pasted?: AsyncIterable<string>
}

const PATIENCE_MS = 15 * MINUTE

/** Resolves to the refresh token. Throws with a sentence. */
export async function signIn(mailbox: MailboxConfig, oauth: OAuth, tools: SignInTools): Promise<string> {
  const grant = oauth.provider === 'microsoft' ? await byCode(oauth, tools) : await byBrowser(mailbox, oauth, tools)
  if (!grant.refreshToken) {
    throw new Error(
      'The provider gave no sign-in that lasts. At Google, remove the app at myaccount.google.com/permissions and try again.',
    )
  }
  await check(mailbox, grant, tools)
  return grant.refreshToken
}

/** RFC 8628. */
async function byCode(oauth: OAuth, { clock, say }: SignInTools): Promise<Grant> {
  const form = { ...appOf(oauth), scope: SCOPES }
  const asked = await explained(post(oauth.tokenUrl.replace(/\/token$/, '/devicecode'), form, clock))
  const field = (name: string) => String(asked[name] ?? '')
  say(`Open ${field('verification_uri')} in a browser, and there type the code ${field('user_code')}\n`)
  say('Sign in as the mailbox, or as a user who has full access to it. Waiting ...\n')
  const endsAt = clock.monotonic() + Math.min((Number(asked.expires_in) || Infinity) * SECOND, PATIENCE_MS)
  let pauseMs = Math.max(1, Number(asked.interval ?? 5)) * SECOND
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
  const question = { grant_type: grantType, ...appOf(oauth), device_code: field('device_code') }
  while (clock.monotonic() < endsAt) {
    await clock.wait(pauseMs)
    try {
      return await requestToken(oauth.tokenUrl, question, clock)
    } catch (error) {
      if (!(error instanceof TokenError) || error.trouble !== 'passing') throw sentence(error)
      if (error.code === 'slow_down') pauseMs += 5 * SECOND
    }
  }
  throw new Error('Nobody signed in in time. Run the command again.')
}

const GOOGLE_AUTHORIZE = 'https://accounts.google.com/o/oauth2/v2/auth'
const GOOGLE_SCOPE = 'https://mail.google.com/'

/** RFC 8252 with RFC 7636: Google lets no code be typed for mail. */
async function byBrowser(mailbox: MailboxConfig, oauth: OAuth, tools: SignInTools): Promise<Grant> {
  const { clock, random, say } = tools
  const word = () => Buffer.from(random.bytes(32)).toString('base64url')
  const [state, verifier] = [word(), word()]
  const door = await openDoor(state)
  try {
    const url = new URL(GOOGLE_AUTHORIZE)
    const query = {
      client_id: oauth.clientId,
      redirect_uri: door.url,
      response_type: 'code',
      scope: GOOGLE_SCOPE,
      access_type: 'offline',
      prompt: 'consent', // Without it only the very first sign-in gives a refresh token.
      login_hint: mailbox.imap.user,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    say(`Open this address in a browser, and sign in as ${mailbox.imap.user}:\n\n${url}\n\n`)
    say(
      'If the browser is on another machine, it ends at a page that does not load: paste its address here. Waiting ...\n',
    )
    void readPasted(tools.pasted, door.take)
    const code = await inTime(door.code, clock)
    const form = { grant_type: 'authorization_code', ...appOf(oauth), code, redirect_uri: door.url }
    return await explained(requestToken(oauth.tokenUrl, { ...form, code_verifier: verifier }, clock))
  } finally {
    door.close()
  }
}

interface Door {
  url: string
  code: Promise<string>
  /** False when the address is not the one that is waited for. */
  take(address: string): boolean
  close(): void
}

/** Where the browser comes back to: on this machine alone, and only with the state that it left with. */
async function openDoor(state: string): Promise<Door> {
  const came = Promise.withResolvers<string>()
  came.promise.catch(() => undefined) // Whoever waits for it hears of it.
  const take = (address: string) => {
    const query = URL.canParse(address, 'http://127.0.0.1')
      ? new URL(address, 'http://127.0.0.1').searchParams
      : undefined
    if (query?.get('state') !== state) return false
    const code = query.get('code')
    if (code) came.resolve(code)
    else came.reject(new Error('The sign-in was refused in the browser. Run the command again.'))
    return true
  }
  const server = createServer((request, response) => {
    const isTaken = take(request.url ?? '')
    const text = isTaken ? 'You can close this window and go back to the terminal.' : 'Nothing is waited for here.'
    response.writeHead(isTaken ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' }).end(`${text}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, code: came.promise, take, close: () => void server.close() }
}

async function readPasted(lines: AsyncIterable<string> | undefined, take: (address: string) => boolean): Promise<void> {
  for await (const line of lines ?? []) if (take(line.trim())) return
}

async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const over = new AbortController()
  const late = clock.wait(PATIENCE_MS, over.signal).then(() => {
    throw new Error('Nobody signed in in time. Run the command again.')
  })
  late.catch(() => undefined)
  return await Promise.race([work, late]).finally(() => over.abort())
}

/** It is easily done as the wrong person: the server tells. */
async function check(mailbox: MailboxConfig, { accessToken }: Grant, { say }: SignInTools): Promise<void> {
  const client = imapClient(mailbox, accessToken)
  client.on('error', () => undefined)
  try {
    await client.connect()
    say(`The mailbox ${mailbox.imap.user} opens with it.\n`)
  } catch (error) {
    say(`But the mailbox does not open with it. ${imapProblem(mailbox, error)}\n`)
  } finally {
    client.close()
  }
}

function appOf(oauth: OAuth): { client_id: string; client_secret?: string } {
  return { client_id: oauth.clientId, ...(oauth.clientSecret && { client_secret: oauth.clientSecret }) }
}

async function explained<T>(work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    throw sentence(error)
  })
}

function sentence(error: unknown): Error {
  if (!(error instanceof TokenError)) return error as Error
  const hint = {
    passing: 'Check the network and try again.',
    'sign-in': 'The sign-in was refused, or ran out. Run the command again.',
    app: 'Check the client ID and secret, and that the app may be signed in to like this (at Microsoft: "Allow public client flows").',
  }[error.trouble]
  return new Error(`The provider refuses: ${error.code}. ${hint}`, { cause: error })
}
