// The views.* methods: triggers that work once and for three seconds, hashes that guard against overwriting.
import { type Answer, isRefusal, type Methods, type Refusal, refuse, refuseBecause } from './answer.ts'
import { asText, type Json } from './json.ts'
import { acceptView, findView, openModal, pushModal, stackOf, updateModal } from './modal.ts'
import { makeView, replaceView, viewWire } from './view-record.ts'
import type { Trigger, World } from './world.ts'

const TRIGGER_MS = 3000

/** The trigger if it may still be used. It is used up only by a call that goes through. */
function takeTrigger(world: World, args: Json): Trigger | Refusal {
  const id = asText(args.trigger_id) ?? asText(args.interactivity_pointer)
  if (!id) return refuseBecause('invalid_arguments', ['missing required field: trigger_id'])
  const trigger = world.triggers.get(id)
  if (!trigger) return refuse('invalid_trigger_id')
  if (trigger.used) return refuse('exchanged_trigger_id')
  if (world.clock.now() - trigger.madeAt > TRIGGER_MS) return refuse('expired_trigger_id')
  return trigger
}

function open(world: World, args: Json): Answer {
  const view = acceptView(world, args.view, 'modal')
  if (isRefusal(view)) return view
  const trigger = takeTrigger(world, args)
  if (isRefusal(trigger)) return trigger
  trigger.used = true
  return { ok: true, view: viewWire(world, openModal(world, trigger.userId, view)) }
}

function push(world: World, args: Json): Answer {
  const view = acceptView(world, args.view, 'modal')
  if (isRefusal(view)) return view
  const trigger = takeTrigger(world, args)
  if (isRefusal(trigger)) return trigger
  const below = stackOf(world, trigger.userId).find(({ id }) => id === trigger.viewId)
  if (!below) return refuse('not_found')
  const record = pushModal(world, below, view)
  if (isRefusal(record)) return record
  trigger.used = true
  return { ok: true, view: viewWire(world, record) }
}

function update(world: World, args: Json): Answer {
  const id = asText(args.view_id)
  const externalId = asText(args.external_id)
  if (!id && !externalId) return refuseBecause('invalid_arguments', ['missing required field: view_id or external_id'])
  const record = findView(world, { ...(id && { id }), ...(externalId && { externalId }) })
  if (!record) return refuse('not_found')
  const view = acceptView(world, args.view, record.type, record)
  if (isRefusal(view)) return view
  const hash = asText(args.hash)
  if (hash && hash !== record.hash) return refuse('hash_conflict')
  updateModal(world, record, view)
  return { ok: true, view: viewWire(world, record) }
}

function publish(world: World, args: Json): Answer {
  const userId = asText(args.user_id) ?? ''
  if (!world.workspace.users.has(userId)) return refuse('user_not_found')
  const before = world.workspace.homes.get(userId)
  const view = acceptView(world, args.view, 'home', before)
  if (isRefusal(view)) return view
  const hash = asText(args.hash)
  if (hash && hash !== before?.hash) return refuse('hash_conflict')
  if (before) replaceView(world, before, view)
  const record = before ?? makeView(world, userId, view)
  world.workspace.homes.set(userId, record)
  return { ok: true, view: viewWire(world, record) }
}

const VIEW = { tier: 4, token: 'bot', json: ['view'] } as const

export const viewMethods: Methods = {
  'views.open': { ...VIEW, required: ['view'], run: open },
  'views.push': { ...VIEW, required: ['view'], run: push },
  'views.update': { ...VIEW, required: ['view'], run: update },
  'views.publish': { ...VIEW, required: ['user_id', 'view'], run: publish },
}
