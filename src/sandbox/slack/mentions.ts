// Whom a message would really ping: live mention sequences in text and mrkdwn, and mention elements in rich text.
import { asText, everyJson, type Json } from './json.ts'
import { controlSequences } from './mrkdwn.ts'

/** Ids of people and groups, and `here`, `channel`, `everyone`; empty for a message that pings nobody. */
export function mentions(message: { text?: string; blocks?: Json[] }): string[] {
  const found = new Set(mentionsInText(message.text ?? ''))
  for (const part of everyJson(message.blocks)) {
    for (const id of mentionsInPart(part)) found.add(id)
  }
  return [...found]
}

function mentionsInPart(part: Json): string[] {
  if (part.type === 'mrkdwn' || part.type === 'markdown') return mentionsInText(asText(part.text) ?? '')
  const id = { user: part.user_id, usergroup: part.usergroup_id, broadcast: part.range }[String(part.type)]
  return typeof id === 'string' ? [id] : []
}

function mentionsInText(text: string): string[] {
  return [...controlSequences(text)].flatMap((part) => {
    if ('plain' in part) return []
    if (part.body.startsWith('@')) return [part.body.slice(1)]
    if (part.body.startsWith('!subteam^')) return [part.body.slice('!subteam^'.length)]
    return part.body.startsWith('!') && !part.body.startsWith('!date') ? [part.body.slice(1)] : []
  })
}
