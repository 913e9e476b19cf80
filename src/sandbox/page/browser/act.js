// What is pressed, chosen, written and sent on the page.
import { isConfirmed } from './confirm.js'
import { fieldOf, readFile } from './field.js'
import { notePress } from './focus.js'
import { act, actInTurn, busy, paneOf, personOf, viewOf } from './send.js'

const PERMALINK = /\/archives\/\w+\/p(\d{10})(\d{6})/

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[title]')
  const [, seconds, rest] = PERMALINK.exec(link?.title ?? '') ?? []
  if (seconds) return void act({ do: 'thread', pane: paneOf(link), ts: `${seconds}.${rest}` })
  const element = event.target.closest('button')
  if (!element || element.type === 'submit') return
  const { dataset } = element
  if (dataset.close)
    return void actInTurn({
      do: 'close',
      person: personOf(element),
      view: dataset.close,
      all: dataset.all !== undefined,
    })
  if (dataset.thread) return void act({ do: 'thread', pane: paneOf(element), ts: dataset.thread })
  if (dataset.action) return void press(element)
  if (dataset.do === 'pass') return void busy(element, { do: 'pass', time: dataset.time })
  if (['scene', 'trouble', 'training'].includes(dataset.do))
    return void busy(element, { do: dataset.do, name: dataset.name })
  if (dataset.do === 'customer') return void act({ do: 'customer', address: dataset.address })
  if (dataset.do === 'tab') return void act({ do: 'tab', pane: paneOf(element), tab: dataset.tab })
  if (dataset.do === 'thread') return void act({ do: 'thread', pane: paneOf(element) })
  if (['shortcut', 'dismiss', 'remove'].includes(dataset.do)) return void handle(element)
})

/** What can be done with a message itself. */
async function handle(element) {
  const { channel, ts } = element.closest('[data-ts]').dataset
  const person = element.closest('[data-by]')?.dataset.by ?? personOf(element)
  notePress(element)
  element.closest('details')?.removeAttribute('open')
  await busy(element, { do: element.dataset.do, person, name: element.dataset.name, channel, ts }, actInTurn)
}

const placeOf = (element) => {
  const view = viewOf(element)
  const message = element.closest('[data-ts]')
  return view ? { view } : { channel: message?.dataset.channel, ts: message?.dataset.ts }
}

/** A button or a menu's entry in a message, a modal or the home tab. */
async function press(element) {
  const { block, action, value, type } = element.dataset
  if (!(await isConfirmed(element))) return element.focus()
  notePress(element)
  element.closest('details')?.removeAttribute('open')
  const chosen = type === 'button' && !value ? {} : { value }
  await busy(
    element,
    { do: 'click', person: personOf(element), block, action, ...placeOf(element), ...chosen },
    actInTurn,
  )
}

document.addEventListener('change', async ({ target }) => {
  if (target.dataset.do === 'agent') return void act({ do: 'agent', person: target.value })
  const view = viewOf(target)
  const { block, action, type } = target.dataset
  if (!action || type === 'external_select' || !(await isConfirmed(target))) return
  if (!view) {
    const click = { do: 'click', person: personOf(target), block, action, value: target.value, ...placeOf(target) }
    return void actInTurn(click)
  }
  if (type === 'file_input') {
    const files = await Promise.all([...target.files].map(readFile))
    return void actInTurn({ do: 'attach', person: personOf(target), view, block, action, files })
  }
  await keep(target)
})

/** What stands in a field is known to Slack before anything is pressed. */
async function keep(control) {
  const field = fieldOf(control)
  await actInTurn({ do: 'fill', person: personOf(control), view: viewOf(control), field })
  if (JSON.stringify(fieldOf(control).value) === JSON.stringify(field.value)) delete control.dataset.touched
}

document.addEventListener('focusout', ({ target }) => {
  if (target.isContentEditable && target.dataset.touched && viewOf(target)) void keep(target)
})

document.addEventListener('input', ({ target }) => {
  if (target.matches('input, textarea, [contenteditable]')) target.dataset.touched = '1'
})

document.addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  if (form.classList.contains('modal')) return void (await submitModal(form))
  const data = Object.fromEntries(new FormData(form))
  const sent = whatOf(form, data)
  if (!sent) return
  const files = form.elements.files && (await Promise.all([...form.elements.files.files].map(readFile)))
  if (form.dataset.do === 'revise') form.closest('details').open = false
  await act({ ...sent, ...(files && { files }) })
  if (form.dataset.do === 'revise') return
  for (const name of ['text', 'files']) {
    if (form.elements[name]) form.elements[name].value = ''
  }
  for (const control of form.elements) delete control.dataset.touched
})

function whatOf(form, data) {
  const { channel, thread, by, ts } = form.dataset
  switch (form.dataset.do) {
    case 'mail':
      return { do: 'mail', subject: data.subject, text: data.text, isAnswer: data.isAnswer === 'on' }
    case 'discord':
      return { do: 'discord', person: data.person, text: data.text, ...(data.topic && { topic: data.topic }) }
    case 'guest':
      return { do: 'say', person: data.person, channel, text: data.text, ...(data.thread && { thread: data.thread }) }
    case 'revise':
      return { do: 'revise', person: by, channel, ts, text: data.text }
    default: {
      if (!data.text) return undefined
      const person = personOf(form)
      const command = /^\/desk\b(.*)$/s.exec(data.text)
      if (command) return { do: 'command', person, channel, text: command[1].trim() }
      return { do: 'say', person, channel, text: data.text, ...(thread && { thread }) }
    }
  }
}

/** A list that the app fills, files, and rich text that nobody touched are known already. */
const isKnown = ({ tagName, dataset, isContentEditable }) =>
  tagName === 'BUTTON' ||
  ['file_input', 'external_select'].includes(dataset.type) ||
  (isContentEditable && !dataset.touched)

async function submitModal(form) {
  const controls = [...form.querySelectorAll('[data-action]')].filter((control) => !isKnown(control))
  const fields = new Map(
    controls.map((control) => [`${control.dataset.block} ${control.dataset.action}`, fieldOf(control)]),
  )
  const submit = form.querySelector('[type=submit]')
  for (const control of controls) delete control.dataset.touched
  notePress(submit)
  submit.focus()
  await busy(
    submit,
    { do: 'submit', person: personOf(form), view: form.dataset.view, fields: [...fields.values()] },
    actInTurn,
  )
}
