// What to know before believing or answering a message, in plain sentences.
import { shorten } from '../slack/mrkdwn.ts'

const WARNINGS_MAX = 5
const LINE_LENGTH = 300

export interface Doubtful {
  automated: string | undefined
  /** Set where a person has decided about it. */
  counts?: boolean
  /** What the receiving server said of the sender's identity. */
  sender: string | undefined
  warnings: readonly string[]
}

/** In them may stand what others wrote: show them where nothing is parsed. */
export function cautionLines({ automated, counts = false, sender, warnings }: Doubtful): string[] {
  const needs = counts ? 'A person has said that it needs an answer.' : 'It waits for no answer.'
  const machine = automated === undefined ? [] : [`🤖 Automated: ${cut(automated)}. ${needs}`]
  const forged = sender === 'fail' ? ['⚠️ This may not come from the address it names. Do not trust it blindly.'] : []
  return [...machine, ...forged, ...warnings.slice(0, WARNINGS_MAX).map((warning) => `⚠️ ${cut(warning)}`)]
}

function cut(text: string): string {
  return shorten(text.replaceAll(/\s+/g, ' ').trim(), LINE_LENGTH)
}
