// A client that is nobody's library: one WebSocket, one fetch, and what Discord's documentation says.
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { DiscordStandIn } from '../../../src/sandbox/discord/server.ts'

const API = '/v10'

export interface Frame {
  op: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever arrives is what is looked at.
  d: any
  s: number | null
  t: string | null
}

/** One connection to the gateway that keeps everything it hears. */
export async function dial(discord: DiscordStandIn, query = '?v=10&encoding=json') {
  const socket = new WebSocket(`${discord.api.replace(/^http/, 'ws').replace('/api', '/gateway')}/${query}`)
  onTestFinished(() => socket.terminate())
  const frames: Frame[] = []
  const raw: Buffer[] = []
  let closed: number | undefined
  socket.on('message', (data, isBinary) => {
    if (isBinary) raw.push(data as Buffer)
    else frames.push(JSON.parse(String(data)) as Frame)
  })
  const onClose = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      closed = code
      resolve(code)
    })
  })
  const hears = (isIt: (frame: Frame) => boolean, what: string) => discord.waitFor(() => frames.find(isIt), what)
  await new Promise<void>((resolve) => socket.once('open', () => resolve()))
  const send = (op: number, d: unknown) => socket.send(JSON.stringify({ op, d }))
  return {
    socket,
    frames,
    raw,
    onClose,
    send,
    isOpen: () => closed === undefined,
    hearsOp: (op: number) => hears((frame) => frame.op === op, `op ${op}`),
    hearsEvent: (name: string) => hears(({ t }) => t === name, name),
    events: (name?: string) => frames.filter(({ op, t }) => op === 0 && (name === undefined || t === name)),
  }
}

export type Line = Awaited<ReturnType<typeof dial>>

export const ALL_INTENTS = 0b1_1111_1111_1111_1111 & ~(1 << 1) & ~(1 << 8)

export function identity(discord: DiscordStandIn, more: object = {}) {
  return {
    token: discord.bot.token,
    intents: ALL_INTENTS,
    properties: { os: 'linux', browser: 'bare', device: 'bare' },
    ...more,
  }
}

/** Connected, identified and greeted. */
export async function dialIn(discord: DiscordStandIn, more: object = {}) {
  const line = await dial(discord)
  await line.hearsOp(10)
  line.send(2, identity(discord, more))
  const ready = await line.hearsEvent('READY')
  return { ...line, ready: ready.d as { session_id: string; resume_gateway_url: string; guilds: { id: string }[] } }
}

/** A REST call: its status, body and headers. */
export async function ask(discord: DiscordStandIn, method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${discord.api}${API}${path}`, {
    method,
    headers: {
      authorization: `Bot ${token ?? discord.bot.token}`,
      ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: whatever arrives is what is looked at.
  const said: any = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
  return { status: response.status, body: said, headers: response.headers }
}

/** The faults of a refused form at one place: `embeds.0.title`. */
export function faultsAt(errors: unknown, path: string): object[] {
  const place = path
    .split('.')
    .filter(Boolean)
    .reduce((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], errors)
  return (place as { _errors: object[] } | undefined)?._errors ?? []
}
