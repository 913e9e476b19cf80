// Why Discord closes a gateway connection, in its numbers and words.
import type { WebSocket } from 'ws'

export const CLOSE = {
  unknownOpcode: [4001, 'Unknown opcode.'],
  decode: [4002, 'Error while decoding payload.'],
  notAuthenticated: [4003, 'Not authenticated.'],
  authentication: [4004, 'Authentication failed.'],
  alreadyAuthenticated: [4005, 'Already authenticated.'],
  sequence: [4007, 'Invalid seq.'],
  rate: [4008, 'Rate limited.'],
  timeout: [4009, 'Session timed out.'],
  shard: [4010, 'Invalid shard.'],
  shardingRequired: [4011, 'Sharding required.'],
  version: [4012, 'Invalid API version.'],
  intents: [4013, 'Invalid intent(s).'],
  disallowed: [4014, 'Disallowed intent(s).'],
} as const

export function closeWith(socket: WebSocket, [code, reason]: readonly [number, string]): void {
  socket.close(code, reason)
}
