// A link to a message in Slack, where one can be had.
import type { WebClient } from '@slack/web-api'
import type { Posted } from './view.ts'

/** Undefined when Slack does not give one: what it would have led to is worth saying without it. */
export async function findLink(read: WebClient, { channel, ts }: Posted): Promise<string | undefined> {
  const answer = await read.chat.getPermalink({ channel, message_ts: ts }).catch(() => undefined)
  return answer?.permalink
}

export type LinkTo = (posted: Posted) => Promise<string | undefined>

/** The same for many: links of one workspace differ in channel and ts alone, so that Slack is asked for the first only. */
export function linkMaker(read: WebClient): LinkTo {
  let before: string | undefined
  let asking: Promise<void> | undefined
  const tail = ({ channel, ts }: Posted) => `${channel}/p${ts.replace('.', '')}`
  const learn = async (posted: Posted) => {
    const link = await findLink(read, posted)
    if (link?.endsWith(tail(posted))) before = link.slice(0, -tail(posted).length)
    asking = undefined
  }
  return async (posted) => {
    if (before === undefined) {
      asking ??= learn(posted)
      await asking
    }
    return before === undefined ? await findLink(read, posted) : `${before}${tail(posted)}`
  }
}
