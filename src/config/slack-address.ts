// Where Slack's requests come in, as seen from here and as seen from Slack.
import { text, value } from './value.ts'

export const requestPath = text('a path', 'Write a path such as /slack.', /^\/[\w./-]*$/)

/** What Slack is told to call: it calls nothing that is not encrypted. */
export const publicUrl = value(
  'Write the https address under which Slack reaches slack.path, such as https://desk.example.com/slack.',
  (written) => {
    const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : undefined
    if (!url) return { wrong: 'is not an address' }
    return url.protocol === 'https:' ? url.href : { wrong: 'is not an https address' }
  },
)
