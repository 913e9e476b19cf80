// The rules of embeds: ten of them, each part with its length, six thousand characters in all.
import { asJson, type Json } from '../slack/json.ts'
import type { Form } from './form.ts'

const EMBEDS_MAX = 10
const FIELDS_MAX = 25
const TOTAL_MAX = 6000
const COLOR_MAX = 0xffffff

export function readEmbeds(form: Form): Json[] | undefined {
  const embeds = form.list('embeds', { max: EMBEDS_MAX })
  if (!embeds) return undefined
  const total = embeds.reduce((sum, embed) => sum + readEmbed(embed), 0)
  if (total > TOTAL_MAX) {
    form.fault('embeds', 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOTAL_MAX}`)
  }
  return embeds.map(({ raw }) => ({ type: 'rich', ...raw, content_scan_version: 0 }))
}

/** Characters of one embed that count towards the total. */
function readEmbed(embed: Form): number {
  const footer = embed.object('footer')
  const author = embed.object('author')
  const fields = embed.list('fields', { max: FIELDS_MAX }) ?? []
  embed.integer('color', { max: COLOR_MAX })
  for (const name of ['url', 'image.url', 'thumbnail.url']) readUrl(embed, name)
  const texts = [
    embed.text('title', { max: 256 }),
    embed.text('description', { max: 4096 }),
    footer?.text('text', { min: 1, max: 2048, required: true }),
    author?.text('name', { min: 1, max: 256, required: true }),
    ...fields.flatMap((field) => [
      field.text('name', { min: 1, max: 256, required: true }),
      field.text('value', { min: 1, max: 1024, required: true }),
    ]),
  ]
  if (Object.keys(embed.raw).every((name) => name === 'type')) {
    embed.fault('description', 'BASE_TYPE_REQUIRED', 'This field is required')
  }
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
}

function readUrl(embed: Form, name: string): void {
  const [outer, inner] = name.split('.')
  const value = inner === undefined ? embed.raw[outer ?? ''] : asJson(embed.raw[outer ?? '']).url
  if (typeof value !== 'string' || /^(https?|attachment):\/\//.test(value)) return
  const message = `Scheme "${value.split(':')[0]}" is not supported. Scheme must be one of ('http', 'https').`
  embed.fault(name, 'URL_TYPE_INVALID_SCHEME', message)
}
