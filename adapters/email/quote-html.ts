// The marks mail programs leave in their HTML: here an old mail begins, this is a signature. Firmer evidence than any wording.

/**
 * `history` goes on to the end of the mail; `ruled` is a line that means history only above header fields; `indent` is a blockquote that
 * quotes nothing.
 */
export type HtmlMark = 'quote' | 'history' | 'ruled' | 'forward' | 'signature' | 'indent'

/** A part of the plain text made from the HTML. */
export interface HtmlRange {
  mark: HtmlMark
  from: number
  to: number
}

export interface RangeKeeper {
  open(name: string, attributes: string): void
  close(name: string): void
  finish(): HtmlRange[]
}

const RANGES_MAX = 200
const MARKED = new Set([
  ...['div', 'blockquote', 'span', 'p', 'table', 'section', 'hr', 'a', 'pre', 'td', 'signature', 'includetail'],
])
const QUOTE_CLASS =
  /^(?:gmail_quote|gmail_attr|yahoo_quoted|yahoo-quoted-begin|protonmail_quote|tutanota_quote|zmail_extra|moz-cite-prefix|moz-email-headers-table|front-blockquote|missive_quote|sh-quoted-content|hs_reply|airmail_ext_on|bloop_original_html|mail_extra|mailru-blockquote|quoted-text|cite|reply-quote|freshdesk_quote|zendesk_quote|reply_quote|elided-text|wmQuote)$/i
const QUOTE_ID =
  /^(?:yahoo_quoted_\d+|qt|mail-app-auto-quote|blockquote_zmail|oriMsgHtmlSeperator|isReplyContent|reply-intro|replybody\d*|aolmail_.{0,40}|isForwardContent|mailQuote|__MailbirdStyleContent_quote|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container)$/i
const HISTORY_ID = /^(?:divRplyFwdMsg|appendonsend|stopSpelling|zwchr|replySplit|originalMessage)$/i
const HISTORY_NAME = /^(?:_MailOriginal|messageReplySection|quote|OriginalMessage)$/i
const HISTORY_CLASS = /^(?:OutlookMessageHeader|ms-outlook-reply-header|hmmessage_quote|replyHeader)$/i
// Outlook's rule above the header block: grey since 2013, blue before.
const OUTLOOK_BORDER =
  /border-top:\s?(?:solid|1(?:\.0)?p[tx] solid|solid 1(?:\.0)?p[tx]) ?#?(?:E1E1E1|B5C4DF|C4C4C4|b5c4df|e1e1e1|rgb)/i
const SIGNATURE_CLASS =
  /^(?:gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature|signature|mail_signature|mailbird-signature|bloop_sign|missive_signature|front-signature|email-signature|email_signature|zimbra_signature)$/i
const SIGNATURE_ID =
  /^(?:Signature|signature|ms-outlook-mobile-signature|AppleMailSignature|iosMailSignature|sig\d{4,}|bloop_sign_\d+|Zm-_Id_-Sgn\d*|mailSignature|emailSignature|_com_2_sig|composer_signature|mail-app-signature)$/i
const INDENT = /margin: ?0(?:px)? 0(?:px)? 0(?:px)? 40px/i

export function markOf(name: string, attributes: string): HtmlMark | undefined {
  if (!MARKED.has(name)) return undefined
  if (name === 'includetail') return 'history'
  const classes = (attribute(attributes, 'class') ?? '').split(/\s+/)
  const id = attribute(attributes, 'id') ?? ''
  const hasClass = (pattern: RegExp) => classes.some((value) => pattern.test(value))
  if (hasClass(/^moz-forward-container$/)) return 'forward'
  const isHistory = HISTORY_ID.test(id) || HISTORY_NAME.test(attribute(attributes, 'name') ?? '')
  if (isHistory || hasClass(HISTORY_CLASS)) return 'history'
  if (SIGNATURE_ID.test(id) || hasClass(SIGNATURE_CLASS)) return 'signature'
  if (QUOTE_ID.test(id) || hasClass(QUOTE_CLASS)) return 'quote'
  return markOfStyle(name, attributes)
}

function markOfStyle(name: string, attributes: string): HtmlMark | undefined {
  const style = attribute(attributes, 'style') ?? ''
  if (name === 'div' && OUTLOOK_BORDER.test(style)) return 'ruled'
  if (name !== 'blockquote') return undefined
  if (/^cite$/i.test(attribute(attributes, 'type') ?? '') || attribute(attributes, 'cite') !== undefined) return 'quote'
  return INDENT.test(style) ? 'indent' : undefined
}

/** `length`: of the text written so far. Only the outermost mark counts, but history counts in a signature too. */
export function rangeKeeper(length: () => number): RangeKeeper {
  const ranges: HtmlRange[] = []
  const within: { range: HtmlRange; name: string; depth: number }[] = []
  return {
    open(name, attributes) {
      const top = within.at(-1)
      const mark = ranges.length < RANGES_MAX ? markOf(name, attributes) : undefined
      if (mark && (!top || (top.range.mark === 'signature' && mark !== 'signature'))) {
        const range = { mark, from: length(), to: Number.POSITIVE_INFINITY }
        ranges.push(range)
        // History has no end: Outlook puts its mark above, not around it.
        if (mark !== 'history' && mark !== 'ruled') within.push({ range, name, depth: 1 })
      } else if (top?.name === name) top.depth++
    },
    close(name) {
      const top = within.at(-1)
      if (top?.name !== name || --top.depth > 0) return
      top.range.to = length()
      within.pop()
    },
    finish: () => ranges.map(({ mark, from, to }) => ({ mark, from, to: Math.min(to, length()) })),
  }
}

function attribute(attributes: string, name: string): string | undefined {
  const match = ATTRIBUTES[name as keyof typeof ATTRIBUTES].exec(attributes)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}

const pattern = (name: string) => new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i')
const ATTRIBUTES = {
  class: pattern('class'),
  id: pattern('id'),
  name: pattern('name'),
  style: pattern('style'),
  type: pattern('type'),
  cite: pattern('cite'),
}
