// What a reply quotes below itself stands a few posts higher in its thread: it left, and is not shown a second time.

/** The line that says whom it quotes, and lines that are marked as a quote up to the end. */
const QUOTED_BELOW = /\n\n[^\n>][^\n]{0,300}:\n(?:>[^\n]*(?:\n|$))+$/

/** `written`: the agent's own words. A quote that they wrote themselves is theirs. */
export function cutQuotedBelow(sent: string, written: string): { text: string; isQuoting: boolean } {
  const at = sent.search(QUOTED_BELOW)
  if (at < 0 || /(?:^|\n)>[^\n]*\s*$/.test(written)) return { text: sent, isQuoting: false }
  return { text: sent.slice(0, at), isQuoting: true }
}
