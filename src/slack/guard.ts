// Somebody who stands before every call to Slack, and may say where it goes, or that it may not go at all.
import { WebClient, type WebClientOptions } from '@slack/web-api'

export type Asked = Record<string, unknown>

export interface Guard {
  /** Resolves to what is really asked. Throws for what may not be. */
  before(method: string, asked: Asked): Promise<Asked>
  /** Slack has refused it. Resolves to the error its caller gets. */
  refused(method: string, asked: Asked, error: unknown): Promise<unknown>
}

/** A class because every method of the SDK's goes through this one of it, and through nothing else. */
export class GuardedClient extends WebClient {
  readonly guard: Guard | undefined

  constructor(token: string, options: WebClientOptions, guard: Guard | undefined) {
    super(token, options)
    this.guard = guard
  }

  override async apiCall(method: string, options: Asked = {}): ReturnType<WebClient['apiCall']> {
    if (!this.guard) return await super.apiCall(method, options)
    const asked = await this.guard.before(method, options)
    try {
      return await super.apiCall(method, asked)
    } catch (error) {
      throw await this.guard.refused(method, asked, error)
    }
  }
}
