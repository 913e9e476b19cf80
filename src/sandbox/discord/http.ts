// Reading what a client sent, JSON or multipart with files, and answering it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJson, type Json } from '../slack/json.ts'
import { refuse } from './refusal.ts'

export interface Upload {
  /** The n of `files[n]`. */
  index: string
  name: string
  type: string
  bytes: Uint8Array
}

export interface Body {
  json: Json
  /** A body that is a list: commands are overwritten in bulk. */
  list: unknown[] | undefined
  files: Upload[]
}

/** The whole body, or undefined when it is larger than `bytesMax`. */
export async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    if (bytes <= bytesMax) chunks.push(buffer)
  }
  return bytes > bytesMax ? undefined : Buffer.concat(chunks)
}

export async function readBody(request: IncomingMessage, bytes: Buffer): Promise<Body> {
  const type = request.headers['content-type'] ?? ''
  if (bytes.length === 0) return { json: {}, list: undefined, files: [] }
  if (type.startsWith('multipart/form-data')) return readMultipart(type, bytes)
  return { ...readJson(bytes.toString('utf8')), files: [] }
}

function readJson(text: string): Pick<Body, 'json' | 'list'> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuse(50109)
  }
  return { json: isJson(value) ? value : {}, list: Array.isArray(value) ? value : undefined }
}

/** Fields beside `payload_json` count where it is absent. */
async function readMultipart(type: string, bytes: Buffer): Promise<Body> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch(() => refuse(50109))
  const files: Upload[] = []
  const fields: Json = {}
  let payload: Pick<Body, 'json' | 'list'> | undefined
  for (const [name, value] of form) {
    if (name === 'payload_json') payload = readJson(typeof value === 'string' ? value : await value.text())
    else if (typeof value === 'string') fields[name] = value
    else {
      const index = /^files?\[(\d+)\]$/.exec(name)?.[1] ?? String(files.length)
      files.push({ index, name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) })
    }
  }
  return { json: payload?.json ?? fields, list: payload?.list, files }
}

export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  if (value === undefined) {
    response.writeHead(204, headers)
    response.end()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text)
}
