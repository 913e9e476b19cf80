// What can be done with a conversation besides taking and answering it: the menu beside the card's buttons.
import type { Overflow } from '@slack/types'
import { TRANSITIONS } from '../conversation.ts'
import type { CardView } from './view.ts'
import { plain } from './words.ts'

export const MENU = 'more'

/** Slack's menu has room for five. */
export type MenuAction = 'assign' | 'waive' | 'snooze' | 'close' | 'more'

export function cardMenu(view: Pick<CardView, 'conversationId' | 'state' | 'ownerId' | 'waiting'>): Overflow {
  const { conversationId, state, ownerId, waiting } = view
  const can = TRANSITIONS[state]
  const all: { action: MenuAction; label: string; isOffered: boolean }[] = [
    { action: 'assign', label: ownerId === undefined ? 'Assign…' : 'Hand over…', isOffered: can.take !== undefined },
    { action: 'waive', label: 'No reply needed…', isOffered: waiting !== undefined },
    { action: 'snooze', label: 'Snooze…', isOffered: can.snooze !== undefined },
    { action: 'close', label: 'Close', isOffered: can.close !== undefined },
    { action: 'more', label: 'More…', isOffered: true },
  ]
  const options = all.filter(({ isOffered }) => isOffered)
  return {
    type: 'overflow',
    action_id: MENU,
    options: options.map(({ action, label }) => ({ text: plain(label), value: `${action} ${conversationId}` })),
  }
}

/** What was chosen, and for which conversation. */
export function readMenu(value: string): { action: string; conversationId: string } {
  const [action = '', conversationId = ''] = value.split(' ')
  return { action, conversationId }
}
