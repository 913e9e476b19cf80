// Where an open menu stands: below what opened it, or above where there is no room, and never beyond the window's edge.
const GAP = 4
const EDGE = 8

export function placeMenu(menu) {
  const [summary, list] = menu.children
  const by = summary.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = list
  const isRoomBelow = by.bottom + GAP + height + EDGE <= innerHeight
  const top = isRoomBelow ? by.bottom + GAP : Math.max(EDGE, by.top - GAP - height)
  list.style.left = `${Math.max(EDGE, Math.min(by.left, innerWidth - width - EDGE))}px`
  list.style.top = `${top}px`
}

export function placeMenus() {
  for (const menu of document.querySelectorAll('details.menu[open]')) placeMenu(menu)
}

addEventListener('scroll', placeMenus, { capture: true, passive: true })
addEventListener('resize', placeMenus)
