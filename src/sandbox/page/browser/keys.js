// The keys: arrows among tabs, tools and a menu's entries; Tab stays in a modal; Escape closes; F6 goes from pane to pane.
import { placeMenu } from './menu.js'
import { actInTurn, personOf } from './send.js'

const ROWS = '[role=tablist], [role=toolbar], [role=menu]'
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
const CONTROLS = 'button, input:not([type=hidden]), textarea, select, summary, a[tabindex], [contenteditable]'
const PANES = '#bar, #customers, #agent, #lead, #inside'

document.addEventListener('keydown', (event) => {
  if (event.key in STEPS || event.key === 'Home' || event.key === 'End') stepAlong(event)
  else if (event.key === 'Tab') stayInside(event)
  else if (event.key === 'Escape') leave(event)
  else if (event.key === 'F6') nextPane(event)
})

function stepAlong(event) {
  const menu = event.target.matches('summary[aria-haspopup]') && event.target.parentElement
  if (menu) {
    event.preventDefault()
    menu.open = true
    return enter(menu)
  }
  const row = event.target.closest(ROWS)
  if (!row || event.target.matches('input, textarea, select')) return
  const stops = [...row.querySelectorAll('button')]
  const at = stops.indexOf(event.target)
  if (at < 0) return
  event.preventDefault()
  const ends = { Home: 0, End: stops.length - 1 }
  const next = stops[ends[event.key] ?? (at + STEPS[event.key] + stops.length) % stops.length]
  for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1
  next.focus()
  if (next.getAttribute('role') === 'tab') next.click()
}

function stayInside(event) {
  const modal = event.target.closest('.modal')
  if (!modal) return
  const stops = [...modal.querySelectorAll(CONTROLS)].filter((one) => one.tabIndex >= 0 && one.checkVisibility())
  const [first, last] = [stops[0], stops.at(-1)]
  if (event.shiftKey ? event.target !== first : event.target !== last) return
  event.preventDefault()
  ;(event.shiftKey ? last : first)?.focus()
}

function leave(event) {
  if (document.querySelector('dialog[open]')) return // It closes by itself.
  const menu = event.target.closest('details[open]') ?? document.querySelector('details.menu[open]')
  if (menu) {
    menu.open = false
    return menu.querySelector('summary').focus()
  }
  const modals = [...document.querySelectorAll('.modal')]
  const modal = modals.find((one) => one.contains(document.activeElement)) ?? modals[0]
  if (modal) void actInTurn({ do: 'close', person: personOf(modal), view: modal.dataset.view, all: true })
}

function nextPane(event) {
  event.preventDefault()
  const panes = [...document.querySelectorAll(PANES)]
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const pane = panes[(at + (event.shiftKey ? -1 : 1) + panes.length) % panes.length]
  const stops = [...(pane.querySelector('.modal') ?? pane).querySelectorAll(`${CONTROLS}, [tabindex="0"]`)]
  stops.find((one) => one.tabIndex >= 0 && one.checkVisibility())?.focus()
}

// A menu that opens has the keyboard, and one that is left closes.
document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!target.matches('details.menu[open]')) return
    placeMenu(target)
    if (!target.contains(document.activeElement.closest('[role=menu]'))) enter(target)
  },
  true,
)
function enter(menu) {
  menu.querySelector('[role=menuitem], textarea')?.focus()
}

document.addEventListener('pointerdown', ({ target }) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(target)) menu.open = false
})
