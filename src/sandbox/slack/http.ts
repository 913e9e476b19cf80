// Reading what a client posted, in every form Slack takes, and answering it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJson, type Json } from './json.ts'

const BODY_BYTES_MAX = 110 * 1024 * 1024

/** The whole body, or undefined when it is larger than anything Slack would take. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(buffer)
  }
  return Buffer.concat(chunks)
}

/** The arguments of a Web API call, or Slack's error code for a body it cannot read. */
export async function readArguments(request: IncomingMessage, body: Buffer): Promise<Json | string> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://sandbox').searchParams)
  if (request.method === 'GET' || body.length === 0) return query
  if (type === 'application/json') return readJson(body)
  if (type === 'application/x-www-form-urlencoded' || type === '') {
    return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) }
  }
  if (type === 'multipart/form-data') return { ...query, ...(await readMultipart(request, body)) }
  return 'invalid_post_type'
}

function readJson(body: Buffer): Json | string {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isJson(value) ? value : 'json_not_object'
  } catch {
    return 'invalid_json'
  }
}

/** Fields of a multipart body; a file field arrives as its bytes. */
export async function readMultipart(request: IncomingMessage, body: Buffer): Promise<Json> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(new Uint8Array(body), { headers }).formData()
  const fields: Json = {}
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer())
  }
  return fields
}

export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

export function answerJson(
  response: ServerResponse,
  value: Json,
  headers: Record<string, string> = {},
  status = 200,
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(value))
}

export function answerText(response: ServerResponse, text: string, status = 200, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` })
  response.end(text)
}
