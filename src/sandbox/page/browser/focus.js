// Where the keyboard is when a modal opens, when it says what is wrong, and when it goes: back on what opened it.
const openers = new Map()
let pressed

/** The control somebody has pressed last: it may be gone for a moment when the answer comes. */
export function notePress(element) {
  pressed = element
}

const modalIn = (pane) => pane.querySelector('.modal')

/** Before a pane changes. */
export function noteModal(pane) {
  const modal = modalIn(pane)
  const hadFocus = modal?.contains(document.activeElement)
  return { view: modal?.dataset.view, hadFocus, errors: modal?.querySelectorAll('.error').length ?? 0 }
}

/** After it has changed. */
export function returnFocus(pane, had) {
  const modal = modalIn(pane)
  const view = modal?.dataset.view
  if (view !== undefined && view === had.view) {
    const wrong = modal.querySelectorAll('.error')
    if (wrong.length > had.errors) controlIn(wrong[0].closest('.block'))?.focus()
    else if (had.hadFocus && !modal.contains(document.activeElement)) firstIn(modal)?.focus({ preventScroll: true })
  } else if (view !== undefined && openers.has(view)) goBack(pane, had.view, modal)
  else if (view !== undefined) {
    openers.set(view, rememberable(pressed ?? document.activeElement))
    firstIn(modal)?.focus({ preventScroll: true })
  } else if (had.view !== undefined) goBack(pane, had.view, pane)
}

const FIELDS = '.body textarea, .body [role=textbox], .body input:not([type=file], [role=combobox]), .body select'
const firstIn = (modal) =>
  modal.querySelector(FIELDS) ?? modal.querySelector('[type=submit], .body button, footer button')
const controlIn = (block) => block?.querySelector('input, textarea, select, [role=textbox], button')

function rememberable(element) {
  const { block, action } = element?.dataset ?? {}
  return { element, block, action, ts: element?.closest?.('[data-ts]')?.dataset.ts }
}

function goBack(pane, gone, within) {
  const { element, block, action, ts } = openers.get(gone) ?? {}
  openers.delete(gone)
  const isThere = element?.isConnected && pane.contains(element)
  const place = ts ? (within.querySelector(`[data-ts="${CSS.escape(ts)}"]`) ?? within) : within
  const like = action && [...place.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)]
  const other = like && (like.find((one) => one.dataset.block === block) ?? like[0])
  const found = isThere ? element : (other ?? within.querySelector('[role=tab][aria-selected=true], .body button'))
  // An entry of a closed menu cannot have the keyboard, but the menu can.
  const menu = found?.closest('details:not([open])')
  ;(menu?.querySelector('summary') ?? found)?.focus()
}
