// From what stands in an editable field to Slack's rich text: sections, lists, quotes and code.

/** Empty where there are no words. */
export function richTextOf(root) {
  const made = { parts: [], lines: [], isOpen: false }
  for (const child of root.childNodes) read(made, child, {})
  flush(made)
  return made.parts.length > 0 ? { type: 'rich_text', elements: made.parts } : ''
}

const STYLES = {
  B: 'bold',
  STRONG: 'bold',
  I: 'italic',
  EM: 'italic',
  S: 'strike',
  STRIKE: 'strike',
  DEL: 'strike',
  CODE: 'code',
}
const BLOCKS = new Set(['DIV', 'P', 'LI', 'H1', 'H2', 'H3'])

function read(made, node, style) {
  if (node.nodeType === Node.TEXT_NODE)
    return say(made, { type: 'text', text: node.data.replaceAll('\u00a0', ' ') }, style)
  if (node.nodeType !== Node.ELEMENT_NODE) return
  const name = node.tagName
  if (name === 'BR') return breakLine(made)
  if (name === 'UL' || name === 'OL') return readList(made, node, indentOf(node))
  if (name === 'BLOCKQUOTE' || name === 'PRE') {
    const type = name === 'PRE' ? 'rich_text_preformatted' : 'rich_text_quote'
    flush(made)
    const elements = inlineOf(node)
    if (elements.length > 0) made.parts.push({ type, elements })
    return
  }
  if (name === 'A') return say(made, linkOf(node), style)
  const inner = STYLES[name] ? { ...style, [STYLES[name]]: true } : style
  if (BLOCKS.has(name)) made.isOpen = false
  for (const child of node.childNodes) read(made, child, inner)
  if (BLOCKS.has(name)) made.isOpen = false
}

const linkOf = (link) => ({ type: 'link', url: link.getAttribute('href') ?? link.title, text: link.textContent })

function say(made, element, style) {
  if (element.text === '') return
  if (!made.isOpen) made.lines.push([])
  made.isOpen = true
  const line = made.lines.at(-1)
  const before = line.at(-1)
  const styled = Object.keys(style).length > 0 ? { ...element, style } : element
  const isSame = JSON.stringify(before?.style) === JSON.stringify(styled.style)
  if (before?.type === 'text' && element.type === 'text' && isSame) before.text += element.text
  else line.push(styled)
}

function breakLine(made) {
  if (!made.isOpen) made.lines.push([])
  made.isOpen = false
}

/** The lines so far become one section. */
function flush(made) {
  const elements = joined(made.lines)
  if (elements.length > 0) made.parts.push({ type: 'rich_text_section', elements })
  made.lines = []
  made.isOpen = false
}

function joined(lines) {
  const elements = []
  for (const [n, line] of lines.entries()) {
    const before = elements.at(-1)
    if (n > 0 && before?.type === 'text' && !before.style) before.text += '\n'
    else if (n > 0) elements.push({ type: 'text', text: '\n' })
    for (const element of line) {
      const end = elements.at(-1)
      if (end?.type === 'text' && element.type === 'text' && !end.style && !element.style) end.text += element.text
      else elements.push({ ...element })
    }
  }
  return elements.some(({ text = '' }) => text.trim() !== '') ? elements : []
}

function inlineOf(node) {
  const made = { parts: [], lines: [], isOpen: false }
  for (const child of node.childNodes) read(made, child, {})
  return joined(made.lines)
}

const indentOf = (list) => Number(/deep-(\d)/.exec(list.className)?.[1] ?? 0)

/** A list within a list follows it, one step deeper. */
function readList(made, list, indent) {
  flush(made)
  const style = list.tagName === 'OL' ? 'ordered' : 'bullet'
  let items = []
  const end = () => {
    if (items.length > 0)
      made.parts.push({ type: 'rich_text_list', style, ...(indent > 0 && { indent }), elements: items })
    items = []
  }
  for (const child of list.children) {
    if (child.tagName === 'UL' || child.tagName === 'OL') {
      end()
      readList(made, child, indent + 1)
      continue
    }
    const inner = [...child.querySelectorAll(':scope > ul, :scope > ol')]
    const copy = child.cloneNode(true)
    for (const nested of copy.querySelectorAll(':scope > ul, :scope > ol')) nested.remove()
    const elements = inlineOf(copy)
    if (elements.length > 0) items.push({ type: 'rich_text_section', elements })
    for (const nested of inner) {
      end()
      readList(made, nested, indent + 1)
    }
  }
  end()
}
