// What the installed app may do. A version that can do more than the last one meets apps that were installed before it.
import type { DeskTools } from './tools.ts'

/** Permissions come while the program runs: whoever lacks one is asked about again. */
export async function mayUse({ self, read }: Pick<DeskTools, 'self' | 'read'>, scope: string): Promise<boolean> {
  if (!self.scopes || self.scopes.includes(scope)) return true
  const answer = await read.auth.test().catch(() => undefined)
  return answer?.response_metadata?.scopes?.includes(scope) ?? false
}
