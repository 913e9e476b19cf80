// What a control holds, in the words in which Slack takes it.
import { richTextOf } from './rich-text.js'

/** Ticks that belong together are one field. */
export function fieldOf(control) {
  const { block, action, type } = control.dataset
  return { block, action, type, value: heldIn(control) }
}

function heldIn(control) {
  if (control.type === 'checkbox' || control.type === 'radio') {
    const checked = [...document.getElementsByName(control.name)].filter((one) => one.checked).map((one) => one.value)
    return control.type === 'checkbox' ? checked : (checked[0] ?? '')
  }
  if (control.isContentEditable) return richTextOf(control)
  if (control.multiple) return [...control.selectedOptions].map((one) => one.value)
  // An instant, in the time zone of whoever chose it.
  if (control.type === 'datetime-local')
    return control.value && String(Math.floor(new Date(control.value).getTime() / 1000))
  return control.value
}

export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return { name: file.name, base64: btoa(text) }
}
