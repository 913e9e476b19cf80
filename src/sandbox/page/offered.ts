// What a list shows that the app fills: asked for once when its form appears, for a page has no way to ask while it is drawn.
import { elementsOf } from '../slack/blocks.ts'
import { asText, type Json } from '../slack/json.ts'
import type { SlackStandIn } from '../slack/server.ts'

const offered = new WeakMap<Json, Json[]>()

export function offeredIn(element: Json): Json[] {
  return offered.get(element) ?? []
}

/** For the form in front of everybody. */
export async function lookAtLists(slack: Pick<SlackStandIn, 'workspace' | 'suggest'>): Promise<void> {
  for (const [person, stack] of slack.workspace.modals) {
    const front = stack.at(-1)
    for (const block of front?.blocks ?? []) {
      for (const element of elementsOf(block)) {
        if (!front || element.type !== 'external_select' || offered.has(element)) continue
        offered.set(element, [])
        const [blockId, actionId] = [asText(block.block_id) ?? '', asText(element.action_id) ?? '']
        // The form may have been closed meanwhile.
        const options = await slack.suggest(person, front.id, blockId, actionId, '').catch(() => [])
        offered.set(element, options)
      }
    }
  }
}
