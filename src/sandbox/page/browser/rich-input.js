// Writing with bold words, lists and links: by the buttons above the field, or by the keys that Slack has for them.
const KEYS = {
  b: 'bold',
  i: 'italic',
  'shift+x': 'strikeThrough',
  'shift+7': 'insertOrderedList',
  'shift+8': 'insertUnorderedList',
  'shift+u': 'link',
  'shift+c': 'code',
}

/** Browsers keep this for editable fields, and undo goes through it. */
const edit = (command, value) => document.execCommand(command, false, value)

function mark(field, name) {
  field.focus()
  if (name === 'link') return link()
  if (name === 'code') return code()
  edit('styleWithCSS', 'false')
  edit(name)
}

function link() {
  const chosen = String(getSelection())
  const url = prompt('Where does the link lead?', 'https://')
  if (!url || !/^(https?:\/\/|mailto:)./.test(url)) return
  if (chosen) edit('createLink', url)
  else edit('insertHTML', Object.assign(document.createElement('a'), { href: url, textContent: url }).outerHTML)
}

function code() {
  const chosen = String(getSelection())
  if (chosen) edit('insertHTML', Object.assign(document.createElement('code'), { textContent: chosen }).outerHTML)
}

const fieldBeside = (button) => button.closest('.rich-field').querySelector('.rich-input')

// The words stay chosen while a button is pressed.
document.addEventListener('mousedown', (event) => {
  if (event.target.closest('[data-mark]')) event.preventDefault()
})

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-mark]')
  if (button) mark(fieldBeside(button), button.dataset.mark)
})

document.addEventListener('keydown', (event) => {
  const field = event.target.closest?.('.rich-input')
  if (!field || !(event.ctrlKey || event.metaKey)) return
  const digit = /^Digit(\d)$/.exec(event.code)?.[1]
  const name = KEYS[`${event.shiftKey ? 'shift+' : ''}${digit ?? event.key.toLowerCase()}`]
  if (!name) return
  event.preventDefault()
  mark(field, name)
})

// Only words are pasted: what they looked like elsewhere, and what hides in it, is left behind.
document.addEventListener('paste', (event) => {
  if (!event.target.closest?.('.rich-input')) return
  event.preventDefault()
  edit('insertText', event.clipboardData.getData('text/plain'))
})
