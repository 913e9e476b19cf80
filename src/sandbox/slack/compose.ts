// What a person types becomes what Slack stores: escaped text, mentions and links made real, and a rich text block.
import type { Json } from './json.ts'
import { escapeText } from './mrkdwn.ts'
import type { World } from './world.ts'

/** A mention picked from the menu, a broadcast, a web address or a mail address. Anything else is plain words. */
const SPECIAL =
  /<@([UW][A-Z0-9]+)>|<#([CG][A-Z0-9]+)>|(?<![\w@])@(here|channel|everyone)\b|(https?:\/\/[^\s<>|]+)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g

/** Typed `<@U123>` stands for a mention chosen from Slack's menu; a typed `<!channel>` is just characters. */
export function compose(world: World, typed: string): { text: string; blocks: Json[] } {
  let text = ''
  const elements: Json[] = []
  const plain = (words: string) => {
    if (!words) return
    text += escapeText(words)
    elements.push({ type: 'text', text: words })
  }
  let from = 0
  for (const match of typed.matchAll(SPECIAL)) {
    const special = readSpecial(world, match)
    if (!special) continue
    plain(typed.slice(from, match.index))
    text += special.text
    elements.push(special.element)
    from = match.index + match[0].length
  }
  plain(typed.slice(from))
  const section = { type: 'rich_text_section', elements }
  return { text, blocks: text ? [{ type: 'rich_text', block_id: world.newId('b'), elements: [section] }] : [] }
}

function readSpecial({ workspace }: World, match: RegExpMatchArray): { text: string; element: Json } | undefined {
  const [, user, channel, range, url, mail] = match
  if (user)
    return workspace.users.has(user) ? { text: `<@${user}>`, element: { type: 'user', user_id: user } } : undefined
  if (channel) {
    const known = workspace.channels.get(channel)
    return known && { text: `<#${channel}|${known.name}>`, element: { type: 'channel', channel_id: channel } }
  }
  if (range) return { text: `<!${range}>`, element: { type: 'broadcast', range } }
  if (url) return { text: `<${url.replaceAll('&', '&amp;')}>`, element: { type: 'link', url } }
  return { text: `<mailto:${mail}|${mail}>`, element: { type: 'link', url: `mailto:${mail}`, text: mail } }
}

/** The same words as the content of a rich text input. */
export function composeRichText(world: World, typed: string): Json | undefined {
  return compose(world, typed).blocks[0]
}
