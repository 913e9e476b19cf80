// What somebody who goes away is shown, with whatever their customers are called.
import fc from 'fast-check'
import { handOverButton } from '../../src/desk/away.ts'
import { awayView } from '../../src/desk/away-form.ts'
import { handOverAllView } from '../../src/desk/hand-over-all.ts'
import { type Case, drawing } from './case.ts'
import { faultsOfMessage, faultsOfView } from './checker.ts'
import { at, count, maybe, NOW, said, user, words } from './hostile.ts'

const waiting = fc.record({ name: maybe(words(300)), address: said(400), subject: maybe(words()), dueAt: at })

export const awayCases: Record<string, Case> = {
  'going away': drawing(
    fc.tuple(fc.array(waiting, { minLength: 1, maxLength: 50 }), maybe(user), at, count),
    ([rows, standIn, until, number]) => [
      ...faultsOfView(awayView('C1', NOW)),
      ...faultsOfView(handOverAllView(rows, { at: 'C1', standIn, until })),
      ...faultsOfMessage({ text: 'Away', blocks: handOverButton(number + 1) }),
    ],
  ),
}
