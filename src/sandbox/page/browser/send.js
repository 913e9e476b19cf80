// Tells the program behind the page what was done. What is done in Slack is told one after the other, in the order it was done.
let last = Promise.resolve()

/** Resolves to what came back. */
export async function act(what) {
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch('/do', { method: 'POST', headers, body: JSON.stringify(what) })
  return response.ok ? await response.json() : {}
}

export function actInTurn(what) {
  const told = last.then(() => act(what))
  last = told.catch(() => undefined)
  return told
}

export async function busy(element, what, tell = act) {
  element.setAttribute('aria-busy', 'true')
  await tell(what)
  element.removeAttribute('aria-busy')
}

export const paneOf = (element) => element.closest('[data-pane]')?.dataset.pane
export const personOf = (element) => element.closest('[data-person]')?.dataset.person
export const viewOf = (element) => element.closest('[data-view]')?.dataset.view
