// The browser's half: puts new panes in place without taking away what somebody is typing.
import morphdom from '/morphdom.js'
import { tick } from './clock.js'
import { noteModal, returnFocus } from './focus.js'
import { placeMenus } from './menu.js'
import './act.js'
import './combobox.js'
import './keys.js'
import './rich-input.js'

const lost = document.getElementById('lost')

function connect() {
  const events = new EventSource('/events')
  events.onopen = () => {
    lost.hidden = true
  }
  events.onmessage = ({ data }) => {
    for (const [pane, html] of Object.entries(JSON.parse(data))) place(pane, html)
  }
  events.onerror = () => {
    lost.hidden = false
  }
}

function place(pane, html) {
  const target = document.getElementById(pane)
  const stuck = [...target.querySelectorAll('.messages, .mails')].filter(isAtEnd)
  const had = noteModal(target)
  const active = document.activeElement
  const hadCard = target.querySelector('.score') !== null
  const next = target.cloneNode(false)
  next.innerHTML = html
  morphdom(target, next, { getNodeKey: keyOf, onBeforeElUpdated: keepTyped })
  for (const list of stuck) list.scrollTop = list.scrollHeight
  placeMenus()
  if (pane === 'bar') tick()
  // What was chosen is not offered any more.
  for (const select of target.querySelectorAll('select:not([multiple])')) {
    if (select.selectedIndex < 0) select.selectedIndex = 0
  }
  // What was moved to another place has lost the keyboard.
  if (active !== document.activeElement && target.contains(active)) active.focus({ preventScroll: true })
  returnFocus(target, had)
  if (!hadCard) target.querySelector('#score-title')?.focus()
}

const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40

/** What belongs together across two versions of a pane. */
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return undefined
  const { view, ts, channel, file } = node.dataset
  const place = node.closest('.thread') ? 'thread' : 'channel' // A card stands in both.
  if (node.classList.contains('block')) return keyOfBlock(node)
  return node.id || (view && `view ${view}`) || (ts && `${place} ${node.className} ${channel} ${ts}`) || file
}

/** The buttons of a card go on being the same ones when a line comes or goes above them: one of them may have the keyboard. */
function keyOfBlock(block) {
  const whole = block.parentElement?.closest('[data-ts], [data-view]')
  if (!whole || block.parentElement.closest('.block')) return undefined
  const alike = [...block.parentElement.children].filter(({ className }) => className === block.className)
  return `${keyOf(whole)} ${block.className} ${alike.indexOf(block)}`
}

/** A field that somebody is in, or that holds what was not sent yet, stays as it is. */
function keepTyped(before, after) {
  if (before.tagName === 'DETAILS' && before.open) after.open = true
  if (before.ariaBusy) after.ariaBusy = before.ariaBusy
  if (before.style.cssText) after.style.cssText = before.style.cssText
  if (before.getAttribute('role') === 'listbox') return false
  if (!before.matches('input, textarea, select, [contenteditable]')) return !before.isEqualNode(after)
  const isTouched = before === document.activeElement || before.dataset.touched
  if (isTouched && before.dataset.action === after.dataset.action && before.dataset.block === after.dataset.block)
    return false
  if (before.tagName === 'TEXTAREA') before.value = after.value
  if (before.type === 'checkbox' || before.type === 'radio') before.checked = after.checked
  return true
}

for (const list of document.querySelectorAll('.messages, .mails')) list.scrollTop = list.scrollHeight
connect()
