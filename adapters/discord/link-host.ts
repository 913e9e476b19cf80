// Where a link really leads, for links that look as if they led elsewhere.
const LABEL_READ_MAX = 500
const HOST = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu

/** The host to show beside the link; undefined when what is seen of it tells no lie. */
export function hostToShow(label: string, href: string): string | undefined {
  const url = URL.canParse(href) ? new URL(href) : undefined
  if (!url) return undefined
  const host = url.hostname
  // `https://bank.example@evil.test` and letters that look like others are made to be misread.
  if (url.username || /(?:^|\.)xn--/.test(host)) return host
  const named = label.slice(0, LABEL_READ_MAX).toLowerCase().match(HOST) ?? []
  return named.every((name) => host === name || host.endsWith(`.${name}`) || name === `www.${host}`) && named.length > 0
    ? undefined
    : host
}
