// Why a text may not leave as it stands: it is empty, unfinished, or holds what only makes sense inside our Slack.
import { plainFromMarkdown } from '../slack/markdown-rich.ts'
import { findMarkers } from '../template/marker.ts'
import { fits, tooLong } from './body-input.ts'

const NAMED_MAX = 3

/** A sentence for the agent, or undefined when there is nothing to object to. */
export function findObjection(text: string): string | undefined {
  if (text.trim() === '') return 'There is nothing to send yet. Write something first.'
  const markers = findMarkers(text)
  if (markers.length > 0) return `Still to fill in: ${shorten(markers)}. Replace each ⟦…⟧ with your own words.`
  const broadcast = BROADCAST.exec(text)?.[0]
  if (broadcast) return `${broadcast} calls people in Slack and means nothing to a customer. Take it out.`
  if (MENTION.test(text)) return 'There is a Slack mention in the text. Write the name instead.'
  if (INTERNAL_LINK.test(text)) return 'There is a link into our Slack that the customer cannot open. Take it out.'
  return undefined
}

/** The same of a letter in Markdown, as the customer would read it. */
export function objectToLetter(markdown: string): string | undefined {
  return fits(markdown) ? findObjection(plainFromMarkdown(markdown)) : tooLong(markdown)
}

const BROADCAST = /<!(?:channel|here|everyone)[^>]*>|(?<![\p{L}\p{N}.@_-])@(?:channel|here|everyone)\b/iu
/** People, channels, user groups and whatever else Slack writes in angle brackets with a sign; and bare ids of people. */
const MENTION = /<(?:@[A-Z0-9]|#[A-Z0-9]|!)[^>]*>|(?<![\p{L}\p{N}.@_-])@[UWS][A-Z0-9]{8,}\b/u
const INTERNAL_LINK =
  /\bhttps?:\/\/(?:files\.slack\.com|slack-files\.com|[a-z0-9.-]+\.slack\.com\/(?:files|archives|docs|canvas))\b/i

function shorten(markers: string[]): string {
  const named = markers.slice(0, NAMED_MAX).join(', ')
  return markers.length > NAMED_MAX ? `${named} and ${markers.length - NAMED_MAX} more` : named
}
