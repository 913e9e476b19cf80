// Runs in the browser: what is cut off, what sticks out, what nothing draws, and what a screen reader could not name.
;(() => {
  const flaws = []
  const shown = (element) => `${element.tagName.toLowerCase()} "${element.textContent.trim().slice(0, 40)}"`
  if (document.documentElement.scrollWidth > window.innerWidth) flaws.push('the page is wider than the window')
  for (const element of document.querySelectorAll('.block, .modal, .button')) {
    const { right, width } = element.getBoundingClientRect()
    if (right > window.innerWidth + 1) flaws.push(`${shown(element)} sticks out`)
    if (width === 0 && element.textContent !== '') flaws.push(`${shown(element)} is not to be seen`)
  }
  for (const control of document.querySelectorAll('button, select, input, textarea, summary, [role=textbox]')) {
    const by = control.getAttribute('aria-labelledby')
    const labels = [...(control.labels ?? [])].map((label) => label.textContent).join('')
    const name =
      control.getAttribute('aria-label') ||
      (by && document.getElementById(by)?.textContent) ||
      labels ||
      control.textContent
    if (!name?.trim()) flaws.push(`${shown(control)} has no name`)
  }
  for (const block of document.querySelectorAll('.unknown')) flaws.push(`nothing draws a ${block.textContent}`)
  return flaws
})()
