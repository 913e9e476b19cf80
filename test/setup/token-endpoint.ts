// A provider's token endpoint on loopback: it answers as told, remembers what it was asked, and knows which access tokens are good.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface TokenAnswer {
  status?: number
  headers?: Record<string, string>
  body: unknown
}

export interface TokenEndpoint {
  url: string
  /** The forms that were posted, oldest first, each with the path it came to. */
  asked: Record<string, string>[]
  /** Good access tokens: each that was given out, until it is deleted here. */
  accessTokens: Set<string>
  /** What comes instead of the usual answer; `undefined`: nothing at all, ever. */
  answer: ((form: Record<string, string>) => TokenAnswer | undefined | Promise<TokenAnswer>) | undefined
  /** The usual answer, with a new access token. */
  grant(fields?: Record<string, unknown>): TokenAnswer
}

export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  let count = 0
  const endpoint: TokenEndpoint = {
    url: '',
    asked: [],
    accessTokens: new Set(),
    answer: undefined,
    grant(fields = {}) {
      count += 1
      const token = `access-${count}-c4n4ry`
      endpoint.accessTokens.add(token)
      return { body: { access_token: token, token_type: 'Bearer', expires_in: 3600, ...fields } }
    },
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const form = { path: request.url ?? '', ...Object.fromEntries(new URLSearchParams(text)) }
    endpoint.asked.push(form)
    const answer = endpoint.answer ? await endpoint.answer(form) : endpoint.grant()
    if (!answer) return // The connection stands and nothing comes.
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return endpoint
}

export function refusalBy(error: string, description = 'no words of ours', status = 400): TokenAnswer {
  return { status, body: { error, error_description: description } }
}
