// `/desk tier`: how much a customer matters, which decides what is promised to them.
import { escapeMrkdwn } from '../slack/mrkdwn.ts'
import { setTier } from '../tier.ts'
import { admitTo } from './admission.ts'
import type { Call } from './command.ts'
import type { DeskTools } from './tools.ts'
import type { Whisper } from './whisper.ts'

const NONE = 'none'
const WORD_MAX = 40

export async function tier(tools: DeskTools, { who, rest }: Call): Promise<Whisper> {
  const [id = '', name = ''] = rest.split(/\s+/).map((word) => word.slice(0, WORD_MAX))
  const tiers = tools.policies.tiers()
  const usage =
    tiers.length === 0
      ? 'deskbell.yaml names no tiers yet.'
      : `Write \`/desk tier v_… TIER\`, with ${[...tiers, NONE].map((one) => `\`${one}\``).join(', ')}.`
  const row = await tools.db
    .selectFrom('conversation')
    .innerJoin('identity', 'identity.id', 'conversation.identity_id')
    .select('identity.contact_id')
    .where('conversation.id', '=', id)
    .executeTakeFirst()
  if (!row) return { text: `${id === '' ? 'Whose tier?' : `There is no conversation ${escapeMrkdwn(id)}.`} ${usage}` }
  const admission = await admitTo(tools, who, 'tier', id)
  if (admission.kind === 'refused') return { text: admission.text }
  if (name !== NONE && !tiers.includes(name)) return { text: `There is no tier ${escapeMrkdwn(name)}. ${usage}` }
  const chosen = name === NONE ? undefined : name
  const by = { agentId: admission.agent.id, policies: tools.policies }
  const waiting = await tools.db.transaction((trx) => setTier(trx, row.contact_id, chosen, by))
  const now = waiting === 0 ? 'It counts from their next message on.' : 'What they wait for now is due accordingly.'
  return {
    text:
      chosen === undefined ? `Their tier is what the configuration says. ${now}` : `Their tier is ${chosen}. ${now}`,
  }
}
