// A list that the app fills while somebody types into it.
import { actInTurn, busy, personOf, viewOf } from './send.js'

const PAUSE_MS = 150
let pause
let looks = 0

const listOf = (input) => document.getElementById(input.getAttribute('aria-controls'))
const optionsOf = (input) => [...listOf(input).querySelectorAll('[role=option]')]
const placeOf = (input) => ({
  person: personOf(input),
  view: viewOf(input),
  block: input.dataset.block,
  action: input.dataset.action,
})

async function look(input, query) {
  const asked = String(++looks)
  input.dataset.asked = asked
  const { options = [] } = await actInTurn({ do: 'suggest', ...placeOf(input), query })
  // Somebody has typed on, or chosen, meanwhile.
  if (document.activeElement !== input || asked !== input.dataset.asked) return
  listOf(input).replaceChildren(...options.map((option, n) => drawOption(input, option, n)))
  input.dataset.query = query
  show(input, true)
}

function drawOption(input, { value, text, description }, n) {
  const item = document.createElement('li')
  item.id = `${input.getAttribute('aria-controls')}-${n}`
  item.setAttribute('role', 'option')
  item.setAttribute('aria-selected', 'false')
  item.dataset.value = value
  item.append(Object.assign(document.createElement('span'), { textContent: text }))
  if (description) item.append(Object.assign(document.createElement('small'), { textContent: description }))
  return item
}

function show(input, isOpen) {
  listOf(input).hidden = !isOpen
  input.setAttribute('aria-expanded', String(isOpen))
  if (!isOpen) input.removeAttribute('aria-activedescendant')
}

function point(input, step) {
  const options = optionsOf(input)
  const now = options.findIndex(({ id }) => id === input.getAttribute('aria-activedescendant'))
  const next = options.at((now + step + (now < 0 && step < 0 ? 1 : 0)) % options.length)
  for (const option of options) option.setAttribute('aria-selected', String(option === next))
  if (!next) return
  input.setAttribute('aria-activedescendant', next.id)
  next.scrollIntoView({ block: 'nearest' })
}

async function pick(input, option) {
  const { query = '' } = input.dataset
  clearTimeout(pause)
  delete input.dataset.asked
  input.value = option.querySelector('span').textContent
  show(input, false)
  const { person, view, ...field } = placeOf(input)
  const filled = { ...field, type: input.dataset.type, value: option.dataset.value, query }
  await busy(input, { do: 'fill', person, view, field: filled }, actInTurn)
}

document.addEventListener('focusin', ({ target }) => {
  if (target.matches('[role=combobox]')) void look(target, '')
})
document.addEventListener('click', ({ target }) => {
  if (target.matches('[role=combobox]') && listOf(target).hidden) void look(target, '')
})
document.addEventListener('focusout', ({ target }) => {
  if (target.matches('[role=combobox]')) show(target, false)
})
document.addEventListener('input', ({ target }) => {
  if (!target.matches('[role=combobox]')) return
  clearTimeout(pause)
  pause = setTimeout(() => void look(target, target.value), PAUSE_MS)
})
// Pressing an entry must not take the keyboard from the field first.
document.addEventListener('mousedown', (event) => {
  const option = event.target.closest('[role=option]')
  if (!option) return
  event.preventDefault()
  void pick(document.querySelector(`[aria-controls="${CSS.escape(option.parentElement.id)}"]`), option)
})
document.addEventListener(
  'keydown',
  (event) => {
    const input = event.target
    if (!input.matches?.('[role=combobox]')) return
    const isOpen = !listOf(input).hidden
    const at = document.getElementById(input.getAttribute('aria-activedescendant'))
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (isOpen) point(input, event.key === 'ArrowDown' ? 1 : -1)
      else void look(input, '')
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (isOpen && at) void pick(input, at)
    } else if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      show(input, false)
    }
  },
  true,
)
