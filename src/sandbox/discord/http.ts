// Reading what a client sent, JSON or multipart with files, and answering it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJson, type Json } from '../slack/json.ts'

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

/** Undefined for what is neither JSON nor a form. */
export async function readBody(request: IncomingMessage, bytes: Buffer): Promise<Body | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (bytes.length === 0) return { json: {}, list: undefined, files: [] }
  if (type.startsWith('multipart/form-data')) return readMultipart(type, bytes)
  const read = readJson(bytes.toString('utf8'))
  return read && { ...read, files: [] }
}

function readJson(text: string): Pick<Body, 'json' | 'list'> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return { json: isJson(value) ? value : {}, list: Array.isArray(value) ? value : undefined }
  } catch {
    return undefined
  }
}

/** Fields beside `payload_json` count where it is absent. */
async function readMultipart(type: string, bytes: Buffer): Promise<Body | undefined> {
  const response = new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
  const form = await response.formData().catch(() => undefined)
  if (!form) return undefined
  const files: Upload[] = []
  const fields: Json = {}
  let payload: Pick<Body, 'json' | 'list'> | undefined = { json: fields, list: undefined }
  for (const [name, value] of form) {
    if (name === 'payload_json') payload = readJson(typeof value === 'string' ? value : await value.text())
    else if (typeof value === 'string') fields[name] = value
    else {
      const index = /^files?\[(\d+)\]$/.exec(name)?.[1] ?? String(files.length)
      files.push({ index, name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) })
    }
  }
  return payload && { ...payload, files }
}

export function answerWith(
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
  // What stands before Discord itself speaks plainly.
  const isText = typeof value === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
  response.end(isText ? value : JSON.stringify(value))
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text)
}
