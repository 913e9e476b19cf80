// The direct messages with the app that there are: Slack has to be asked, for one may have begun while nobody listened.
import { fieldsOf, listOf, textOf } from '../../src/slack/field.ts'
import { patiently, type Reading } from './history.ts'

const PAGE = 200
const PAGES_MAX = 50

/** Rejects with `SendError` when Slack does not let us ask. */
export async function listDirect(tools: Reading, stop: AbortSignal): Promise<{ channel: string; user: string }[]> {
  const found: { channel: string; user: string }[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < PAGES_MAX && !stop.aborted; pages++) {
    const at = { types: 'im', limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const page = await patiently(tools, stop, () => tools.read.conversations.list(at))
    for (const each of listOf(page?.channels)) {
      const channel = textOf(each.id)
      const user = textOf(each.user)
      if (channel !== undefined && user !== undefined) found.push({ channel, user })
    }
    cursor = textOf(fieldsOf(page?.response_metadata).next_cursor) || undefined
    if (cursor === undefined) break
  }
  return found
}
