// A link to a message in Slack, where one can be had.
import type { WebClient } from '@slack/web-api'
import type { Posted } from './view.ts'

/** Undefined when Slack does not give one: what it would have led to is worth saying without it. */
export async function findLink(read: WebClient, { channel, ts }: Posted): Promise<string | undefined> {
  const answer = await read.chat.getPermalink({ channel, message_ts: ts }).catch(() => undefined)
  return answer?.permalink
}
