// The browser's half: puts new panes in place without taking away what somebody is typing, and tells what was pressed.
import morphdom from '/morphdom.js'

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
  const hadModal = target.querySelector('.modal')?.dataset.view
  const next = target.cloneNode(false)
  next.innerHTML = html
  morphdom(target, next, { getNodeKey: keyOf, onBeforeElUpdated: keepTyped })
  for (const list of stuck) list.scrollTop = list.scrollHeight
  const modal = target.querySelector('.modal')
  if (modal && modal.dataset.view !== hadModal)
    (modal.querySelector('textarea, [role=textbox]') ?? modal.querySelector('input, select, button'))?.focus()
}

const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40

/** What belongs together across two versions of a pane. */
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return undefined
  const { view, ts, channel, file } = node.dataset
  const place = node.closest('.thread') ? 'thread' : 'channel' // A card stands in both.
  return node.id || (view && `view ${view}`) || (ts && `${place} ${node.className} ${channel} ${ts}`) || file
}

/** A field that somebody is in, or that holds what was not sent yet, stays as it is. */
function keepTyped(before, after) {
  if (before.tagName === 'DETAILS' && before.open) after.open = true
  if (!before.matches('input, textarea, select, [contenteditable]')) return !before.isEqualNode(after)
  const isTouched = before === document.activeElement || before.dataset.touched
  if (isTouched && before.dataset.action === after.dataset.action && before.dataset.block === after.dataset.block)
    return false
  if (before.tagName === 'TEXTAREA') before.value = after.value
  if (before.type === 'checkbox' || before.type === 'radio') before.checked = after.checked
  return true
}

async function act(what) {
  await fetch('/do', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) })
}

const personOf = (element) => element.closest('[data-person]')?.dataset.person

document.addEventListener('click', (event) => {
  const element = event.target.closest('button, [data-thread]')
  if (!element || element.type === 'submit') return
  const { dataset } = element
  if (dataset.close)
    return void act({ do: 'close', person: personOf(element), view: dataset.close, all: dataset.all !== undefined })
  if (element.classList.contains('thread-link')) return void act({ do: 'thread', ts: dataset.thread })
  if (dataset.action) return void press(element)
  if (dataset.do === 'pass') return void busy(element, { do: 'pass', time: dataset.time })
  if (dataset.do === 'scene' || dataset.do === 'trouble')
    return void busy(element, { do: dataset.do, name: dataset.name })
  if (dataset.do === 'customer') return void act({ do: 'customer', address: dataset.address })
  if (dataset.do === 'tab') return void act({ do: 'tab', tab: dataset.tab })
  if (dataset.do === 'thread') return void act({ do: 'thread' })
})

async function busy(element, what) {
  element.setAttribute('aria-busy', 'true')
  await act(what)
  element.removeAttribute('aria-busy')
}

/** A button or a menu's entry in a message, a modal or the home tab. */
async function press(element) {
  const { block, action, value, type } = element.dataset
  element.closest('details')?.removeAttribute('open')
  const view = element.closest('[data-view]')?.dataset.view
  const message = element.closest('[data-ts]')
  const place = view ? { view } : { channel: message?.dataset.channel, ts: message?.dataset.ts }
  const chosen = type === 'button' && !value ? {} : { value }
  await busy(element, { do: 'click', person: personOf(element), block, action, ...place, ...chosen })
}

document.addEventListener('change', async (event) => {
  const { target } = event
  if (target.dataset.do === 'agent') return void act({ do: 'agent', person: target.value })
  const view = target.closest('[data-view]')?.dataset.view
  const { block, action, type } = target.dataset
  if (!action) return
  if (!view) {
    const message = target.closest('[data-ts]')
    const place = { channel: message?.dataset.channel, ts: message?.dataset.ts }
    return void act({ do: 'click', person: personOf(target), block, action, value: target.value, ...place })
  }
  if (type === 'file_input') {
    const files = await Promise.all([...target.files].map(readFile))
    return void act({ do: 'attach', person: personOf(target), view, block, action, files })
  }
  await act({ do: 'fill', person: personOf(target), view, field: fieldOf(target) })
  delete target.dataset.touched
})

document.addEventListener('input', ({ target }) => {
  if (target.dataset.action) target.dataset.touched = '1'
})

document.addEventListener('submit', async (event) => {
  event.preventDefault()
  const form = event.target
  if (form.classList.contains('modal')) return void (await submitModal(form))
  const data = Object.fromEntries(new FormData(form))
  if (form.dataset.do === 'mail') {
    await act({ do: 'mail', subject: data.subject, text: data.text, isAnswer: data.isAnswer === 'on' })
    form.elements.text.value = ''
  } else if (form.dataset.do === 'discord') {
    await act({ do: 'discord', person: data.person, text: data.text, ...(data.topic && { topic: data.topic }) })
    form.elements.text.value = ''
  } else if (data.text.startsWith('/desk')) {
    await act({
      do: 'command',
      person: personOf(form),
      channel: form.dataset.channel,
      text: data.text.slice('/desk'.length).trim(),
    })
    form.reset()
  } else if (data.text) {
    const thread = form.dataset.thread ? { thread: form.dataset.thread } : {}
    await act({ do: 'say', person: personOf(form), channel: form.dataset.channel, text: data.text, ...thread })
    form.reset()
  }
})

async function submitModal(form) {
  const controls = [...form.querySelectorAll('[data-action]')].filter(
    ({ dataset, tagName }) => tagName !== 'BUTTON' && dataset.type !== 'file_input',
  )
  const fields = new Map(
    controls.map((control) => [`${control.dataset.block} ${control.dataset.action}`, fieldOf(control)]),
  )
  for (const control of controls) delete control.dataset.touched
  document.activeElement?.blur()
  const submit = form.querySelector('[type=submit]')
  await busy(submit, { do: 'submit', person: personOf(form), view: form.dataset.view, fields: [...fields.values()] })
}

/** What a control holds; ticks that belong together are one field. */
function fieldOf(control) {
  const { block, action, type } = control.dataset
  const base = { block, action, type }
  if (control.type === 'checkbox' || control.type === 'radio') {
    const checked = [...document.getElementsByName(control.name)].filter((one) => one.checked).map((one) => one.value)
    return { ...base, value: control.type === 'checkbox' ? checked : (checked[0] ?? '') }
  }
  if (control.isContentEditable) return { ...base, value: control.innerText, rich: JSON.stringify(richOf(control)) }
  if (control.type === 'datetime-local' && control.value !== '')
    return { ...base, value: String(Math.floor(new Date(control.value).getTime() / 1000)) }
  if (control.multiple) return { ...base, value: [...control.selectedOptions].map((one) => one.value) }
  return { ...base, value: control.value }
}

/** What somebody wrote and formatted in a field, as Slack's editor would hand it over. */
function richOf(field) {
  const parts = []
  addParts(parts, field)
  return { type: 'rich_text', elements: parts.filter(({ elements }) => elements.length > 0) }
}

const isBlock = ({ nodeName }) => /^(?:DIV|P|UL|OL|BLOCKQUOTE|PRE)$/.test(nodeName)

function addParts(parts, node) {
  for (const child of node.childNodes) {
    const holdsBlocks = isBlock(child) && [...child.querySelectorAll('*')].some(isBlock)
    if (/^(?:UL|OL)$/.test(child.nodeName)) parts.push(...listsOf(child, 0))
    else if (child.nodeName === 'BLOCKQUOTE') parts.push({ type: 'rich_text_quote', elements: inlineOf(child, {}) })
    else if (child.nodeName === 'PRE') parts.push({ type: 'rich_text_preformatted', elements: inlineOf(child, {}) })
    else if (holdsBlocks) addParts(parts, child)
    else addLine(parts, child)
  }
}

function addLine(parts, child) {
  if (parts.at(-1)?.type !== 'rich_text_section') parts.push({ type: 'rich_text_section', elements: [] })
  const { elements } = parts.at(-1)
  if (isBlock(child) && elements.length > 0) elements.push({ type: 'text', text: '\n' })
  elements.push(...inlineOf(isBlock(child) ? child : { childNodes: [child] }, {}))
}

function listsOf(list, indent) {
  const depth = Number(/deep-(\d)/.exec(list.className)?.[1] ?? indent)
  const style = list.nodeName === 'OL' ? 'ordered' : 'bullet'
  const offset = list.nodeName === 'OL' && list.start > 1 ? { offset: list.start - 1 } : {}
  const items = [...list.children].filter(({ nodeName }) => nodeName === 'LI')
  const elements = items.map((item) => ({ type: 'rich_text_section', elements: inlineOf(item, {}) }))
  return elements.length === 0 ? [] : [{ type: 'rich_text_list', style, indent: depth, ...offset, elements }]
}

const STYLES = { B: 'bold', STRONG: 'bold', I: 'italic', EM: 'italic', S: 'strike', STRIKE: 'strike', CODE: 'code' }

function inlineOf(node, style) {
  return [...node.childNodes].flatMap((child) => {
    const styled = Object.keys(style).length > 0 ? { style } : {}
    if (child.nodeName === 'BR') return [{ type: 'text', text: '\n' }]
    if (child.nodeType === Node.TEXT_NODE)
      return child.data === '' ? [] : [{ type: 'text', text: child.data, ...styled }]
    if (child.nodeName === 'A') return [{ type: 'link', url: child.href, text: child.textContent, ...styled }]
    const added = STYLES[child.nodeName]
    return inlineOf(child, added ? { ...style, [added]: true } : style)
  })
}

async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return { name: file.name, base64: btoa(text) }
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const modals = [...document.querySelectorAll('.modal')]
  const modal = modals.find((one) => one.contains(document.activeElement)) ?? modals[0]
  if (modal) void act({ do: 'close', person: personOf(modal), view: modal.dataset.view, all: true })
})

for (const list of document.querySelectorAll('.messages, .mails')) list.scrollTop = list.scrollHeight
connect()
