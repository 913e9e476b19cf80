// Submitting and leaving a modal: what Slack's client checks itself, and what it does with the app's ack.
import { isRefusal } from './answer.ts'
import type { Ack } from './delivery.ts'
import { sendClosed, sendSubmission } from './interaction.ts'
import { asText, isJson, type Json } from './json.ts'
import { clearModals, closeModal, pushModal, stackOf, updateModal } from './modal.ts'
import { refusalOf } from './play-view.ts'
import { heldValue, inputsOf, type ViewRecord } from './view-record.ts'
import type { World } from './world.ts'

export type Submitted =
  | Ack
  /** Slack's client sent nothing: a required input is empty or too short. By block id. */
  | { kind: 'refused'; errors: Record<string, string> }
  /** The app acked with something Slack cannot use; the person sees "we had some trouble connecting". */
  | { kind: 'rejected'; reason: string; payload: Json }

function frontView(world: World, userId: string, viewId: string): ViewRecord {
  const front = stackOf(world, userId).at(-1)
  if (front?.id === viewId) return front
  throw new Error(`${userId} does not have view ${viewId} in front; in front is ${front?.id ?? 'no modal'}`)
}

export async function submit(world: World, userId: string, viewId: string): Promise<Submitted> {
  const record = frontView(world, userId, viewId)
  if (!isJson(record.view.submit)) throw new Error(`view ${viewId} has no submit button`)
  const errors = incomplete(record)
  if (Object.keys(errors).length > 0) return { kind: 'refused', errors }
  record.errors = {}
  const ack = await sendSubmission(world, record)
  if (ack.kind !== 'acked') return ack
  const reason = applyAck(world, record, ack.payload)
  world.changed()
  return reason === undefined ? ack : { kind: 'rejected', reason, payload: ack.payload }
}

function incomplete(record: ViewRecord): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const input of inputsOf(record)) {
    if (input.block.type !== 'input') continue
    const value = heldValue(record, input)
    const min = Number(input.element.min_length ?? 0)
    const length = asText(value.value)?.length ?? 0
    const blockId = String(input.block.block_id)
    if (isEmpty(value)) {
      if (input.block.optional !== true) errors[blockId] = 'Please complete this required field.'
    } else if (length < min && value.value !== undefined) errors[blockId] = `Please enter at least ${min} characters.`
  }
  return errors
}

function isEmpty(value: Json): boolean {
  const held = Object.entries(value).filter(([name]) => name !== 'type')
  return held.every(([, inner]) => inner === null || inner === '' || (Array.isArray(inner) && inner.length === 0))
}

/** Does what the ack says, or returns why Slack cannot. */
function applyAck(world: World, record: ViewRecord, payload: Json): string | undefined {
  switch (payload.response_action) {
    case undefined:
      if (Object.keys(payload).length > 0)
        return `an ack of a submission cannot carry ${Object.keys(payload).join(', ')}`
      return void closeModal(world, record)
    case 'errors':
      return applyErrors(record, payload.errors)
    case 'update': {
      const refusal = refusalOf(world, payload.view, record)
      if (refusal === undefined && isJson(payload.view)) updateModal(world, record, payload.view)
      return refusal
    }
    case 'push': {
      const refusal = refusalOf(world, payload.view)
      if (refusal !== undefined || !isJson(payload.view)) return refusal
      const pushed = pushModal(world, record, payload.view)
      return isRefusal(pushed) ? pushed.error : undefined
    }
    case 'clear':
      return void clearModals(world, record.userId)
    default:
      return `unknown response_action ${String(payload.response_action)}`
  }
}

/** Each message must name an input block of the view, or Slack shows none of them. */
function applyErrors(record: ViewRecord, value: unknown): string | undefined {
  const errors = isJson(value) ? value : {}
  const inputs = new Set(record.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id))
  const names = Object.keys(errors)
  if (names.length === 0) return 'response_action errors without errors'
  const stray = names.find((name) => !inputs.has(name) || typeof errors[name] !== 'string')
  if (stray !== undefined) return `errors names ${stray}, which is no input block of this view`
  record.errors = Object.fromEntries(names.map((name) => [name, String(errors[name])]))
  return undefined
}

/**
 * Cancels the modal in front, or with `all` closes the whole stack by its cross. The app hears of the views that
 * asked for it with notify_on_close.
 */
export async function close(
  world: World,
  userId: string,
  viewId: string,
  options: { all?: boolean } = {},
): Promise<void> {
  const record = frontView(world, userId, viewId)
  const isCleared = options.all === true || record.view.clear_on_close === true
  const closed = isCleared ? [...stackOf(world, userId)].reverse() : [record]
  if (isCleared) clearModals(world, userId)
  else closeModal(world, record)
  const told = closed.filter(({ view }) => view.notify_on_close === true)
  await Promise.all(told.map((view) => sendClosed(world, view, isCleared)))
}
