// A letter as it stands in the list, whether it is offered, retired or broken, and who sees it there.
import { isForDesk, type Letter } from '../template/letter.ts'
import type { Person } from './interaction.ts'
import { desksOf, findBroken, visibleBroken } from './letter-broken.ts'
import { letterValue } from './letter-menu.ts'
import type { Desk, DeskTools } from './tools.ts'

export interface Listed {
  key: string
  name: string
  language: string
  title: string
  desks: readonly string[] | undefined
  isBroken: boolean
}

/** By its key, or as menus name it. */
export function findListed({ letters, shelf }: Pick<DeskTools, 'letters' | 'shelf'>, key: string): Listed | undefined {
  const good = [...letters(), ...shelf.retired()].find((each) => each.key === key || letterValue(each) === key)
  if (good) return { ...good, desks: good.desks, isBroken: false }
  const broken = findBroken({ shelf }, key)
  return broken && { ...broken, desks: desksOf(broken), isBroken: true }
}

/** Whether this person may see it at all. */
export function mayList(tools: DeskTools, who: Person, { key, desks, isBroken }: Listed, at: readonly Desk[]): boolean {
  if (isBroken) return visibleBroken(tools, who, at).some((broken) => broken.key === key)
  return at.some(({ name }) => isForDesk({ desks }, name))
}

/** Those that somebody at these desks sees. */
export function visible(letters: readonly Letter[], desks: readonly Desk[]): Letter[] {
  return letters.filter((letter) => desks.some(({ name }) => isForDesk(letter, name)))
}
