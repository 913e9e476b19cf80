import { describe, expect, test } from 'vitest'
import { parseMarkdown } from '../../adapters/email/markdown.ts'
import { blocksToHtml, escapeHtml } from '../../adapters/email/markdown-html.ts'
import { blocksToText } from '../../adapters/email/markdown-text.ts'
import { escapeMrkdwn, plainText } from '../../src/slack/mrkdwn.ts'
import { renderLetter } from '../../src/template/render.ts'
import { HOSTILE } from './hostile.ts'
import { letterOf } from './letters.ts'

const letter = letterOf(
  `{{ contact.name | default: 'you' }}: hello, **dear** {{ contact.name | default: 'you' }}\n\n{{ contact.name | default: 'you' }}`,
)

describe('T3: what leaves shows a hostile name as its very characters', () => {
  test.each(HOSTILE)('in a mail, as text and as HTML: %s', (name) => {
    const blocks = parseMarkdown(renderLetter(letter, { 'contact.name': name }).text)
    expect(blocksToText(blocks)).toBe(`${name}: hello, dear ${name}\n\n${name}`)
    const shown = escapeHtml(name)
    expect(blocksToHtml(blocks)).toBe(
      `<p dir="auto">${shown}: hello, <strong>dear</strong> ${shown}</p>\n<p dir="auto">${shown}</p>`,
    )
  })

  test.each(HOSTILE)('in Slack nobody is called and nothing is a link: %s', (name) => {
    const { text } = renderLetter(letter, { 'contact.name': name })
    const mrkdwn = escapeMrkdwn(text)
    expect(mrkdwn).not.toMatch(/<[@#!a-z]/i)
    expect(plainText(mrkdwn)).toBe(text)
  })
})
