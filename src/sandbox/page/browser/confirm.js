// "Are you sure?", where the app wants it asked: Slack asks before it tells the app.

/** Resolves to whether it is to be done. */
export function isConfirmed({ dataset }) {
  if (!dataset.confirm) return Promise.resolve(true)
  const { title, text, confirm, deny, style } = JSON.parse(dataset.confirm)
  const dialog = document.createElement('dialog')
  const part = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words, ...more })
  const yes = part('button', confirm, {
    type: 'button',
    className: `button ${style === 'danger' ? 'danger' : 'primary'}`,
  })
  const no = part('button', deny, { type: 'button', className: 'button plain' })
  const footer = document.createElement('footer')
  footer.append(no, yes)
  dialog.className = 'confirm'
  dialog.setAttribute('role', 'alertdialog')
  dialog.setAttribute('aria-labelledby', 'confirm-title')
  dialog.setAttribute('aria-describedby', 'confirm-text')
  dialog.append(part('h2', title, { id: 'confirm-title' }), part('p', text, { id: 'confirm-text' }), footer)
  document.body.append(dialog)
  return new Promise((resolve) => {
    yes.addEventListener('click', () => dialog.close('yes'))
    no.addEventListener('click', () => dialog.close())
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    dialog.showModal()
    no.focus()
  })
}
