// What a player's hands do with what Slack shows: press, fill in, choose and submit.
import type { Ack } from '../slack/delivery.ts'
import { asText, isJson } from '../slack/json.ts'
import type { ClickTarget } from '../slack/play-view.ts'
import type { Stage } from '../stage.ts'
import type { Act, Filled } from './act.ts'

/** As Slack says it when the app does not answer, or answers what Slack cannot show. */
const NO_ANSWER =
  'The program did not answer Slack in three seconds. If it is not running, start it again; else press once more.'

/** Throws what Slack tells whoever pressed, where the app did not answer. */
export function heard({ kind }: Ack): void {
  if (kind !== 'acked') throw new Error(NO_ANSWER)
}

export const fileOf = ({ name, base64 }: { name: string; base64: string }) => ({
  name,
  bytes: Buffer.from(base64, 'base64'),
})

export async function click(
  { slack }: Stage,
  { person, channel, ts, view, block, action, value }: Extract<Act, { do: 'click' }>,
): Promise<void> {
  const target = { actionId: action, ...(value !== undefined && { value }) }
  const place = view !== undefined ? { viewId: view } : { channel: channel ?? '', ts: ts ?? '' }
  heard(await pressIn(slack, person, { ...target, ...place }, block))
}

/** Slack names blocks anew whenever a message changes, and a finger may be on its way: the same button is then in another block. */
function pressIn(slack: Stage['slack'], person: string, target: ClickTarget, blockId: string): Promise<Ack> {
  try {
    return slack.click(person, blockId === '' ? target : { ...target, blockId })
  } catch {
    return pressAnywhere(slack, person, target)
  }
}

function pressAnywhere(slack: Stage['slack'], person: string, target: ClickTarget): Promise<Ack> {
  try {
    return slack.click(person, target)
  } catch {
    throw new Error('That is not there any more: it has changed just now. Look again.')
  }
}

export async function submit({ slack }: Stage, act: Extract<Act, { do: 'submit' }>): Promise<void> {
  const front = slack.workspace.modals.get(act.person)?.find(({ id }) => id === act.view)
  // What stands beside the inputs has told the app of every choice already.
  const inputs = new Set(front?.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id))
  for (const field of act.fields.filter(({ block }) => inputs.has(block)))
    await fill({ slack }, act.person, act.view, field)
  const done = await slack.submit(act.person, act.view)
  // Slack's own client says what is missing, and asks the app nothing.
  if (done.kind === 'refused' && front) front.errors = done.errors
  else if (done.kind !== 'acked') throw new Error(NO_ANSWER)
}

export async function fill(
  { slack }: Pick<Stage, 'slack'>,
  person: string,
  view: string,
  { block, action, type, value, query }: Filled,
): Promise<void> {
  if (/_input$/.test(type))
    await slack.type(person, view, block, action, Array.isArray(value) ? value.join('\n') : value)
  else if (value !== '' && (typeof value === 'string' || Array.isArray(value)))
    await slack.choose(person, view, block, action, value, query)
}

/** What a list that the app fills shows for what was typed. */
export async function suggest(
  { slack }: Stage,
  { person, view, block, action, query }: Extract<Act, { do: 'suggest' }>,
): Promise<{ options: { value: string; text: string; description: string }[] }> {
  const wordsOf = (text: unknown) => (isJson(text) ? (asText(text.text) ?? '') : '')
  const options = await slack.suggest(person, view, block, action, query)
  return {
    options: options.map(({ value, text, description }) => ({
      ...{ value: asText(value) ?? '', text: wordsOf(text), description: wordsOf(description) },
    })),
  }
}
