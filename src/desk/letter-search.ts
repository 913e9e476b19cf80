// What the composer's list of letters shows, asked by Slack each time somebody opens it or types into it.
import type { App, ViewOutput } from '@slack/bolt'
import { isForDesk } from '../template/letter.ts'
import { foldText } from '../template/token.ts'
import { readAimed } from './aimed.ts'
import type { ComposerMeta } from './composer-view.ts'
import { groupsOf, LETTER_ACTION, listOptions } from './letter-menu.ts'
import { within } from './race.ts'
import type { DeskTools } from './tools.ts'

export function onLetterSearch(app: App, tools: DeskTools): void {
  app.options<'block_suggestion'>({ action_id: LETTER_ACTION }, async ({ body, ack }) => {
    const { view, value } = body
    const work = search(tools, view, body.user.id, value).catch((error: unknown) => {
      tools.log.error({ error: String(error) }, 'desk: letters could not be ranked')
      return plainly(tools, view, value)
    })
    const raced = await within(tools.clock, tools.saveWithinMs, work)
    const groups = raced.kind === 'done' ? raced.value : plainly(tools, view, value)
    // Slack takes no empty list of groups.
    await (groups.length === 0 ? ack({ options: [] }) : ack({ option_groups: groups }))
  })
}

async function search(tools: DeskTools, view: ViewOutput | undefined, agentId: string, query: string) {
  if (!view) return []
  const meta = JSON.parse(view.private_metadata) as ComposerMeta
  return await listOptions(tools.advisor, await readAimed(tools.db, meta), agentId, query)
}

/** By name alone, for when our own data is slow: the letters themselves are always at hand. */
function plainly({ letters, desks }: DeskTools, view: ViewOutput | undefined, query: string) {
  if (!view) return []
  const { at } = JSON.parse(view.private_metadata) as ComposerMeta
  const here = desks.filter(({ channel }) => channel === at)
  const wanted = foldText(query.trim())
  const named = letters()
    .filter((letter) => here.some(({ name }) => isForDesk(letter, name)))
    .filter(({ key, title }) => foldText(`${key}\n${title}`).includes(wanted))
  return groupsOf([{ label: 'Letters', letters: named }])
}
