// The button that blocks a customer or takes that back, with what blocking means.
import type { Button } from '@slack/types'
import { plain } from './words.ts'

export const BLOCK = 'block'
export const UNBLOCK = 'unblock'

export function blockButton(conversationId: string, isBlocked: boolean): Button {
  if (isBlocked) return { type: 'button', action_id: UNBLOCK, text: plain('Unblock'), value: conversationId }
  return {
    ...{ type: 'button', action_id: BLOCK, text: plain('Block…'), value: conversationId, style: 'danger' },
    confirm: {
      title: plain('Block this customer?'),
      text: plain(
        'What they write from now on, on any channel, is kept and calls nobody: no card, no reminder, no acknowledgement. /desk blocked lists it.',
      ),
      ...{ confirm: plain('Block'), deny: plain('Cancel') },
    },
  }
}
