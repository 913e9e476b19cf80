// Text whose paragraphs were broken into lines for terminals and say so (RFC 3676): its paragraphs whole again.
const QUOTE = /^>+/
const SIGNATURE = '-- '

export function unflow(text: string, deleteSpace: boolean): string {
  const lines: string[] = []
  let paragraph: { depth: number; pieces: string[] } | undefined
  const end = () => {
    if (paragraph) lines.push(marked(paragraph.depth, paragraph.pieces.join('')))
    paragraph = undefined
  }
  for (const line of text.split(/\r?\n/)) {
    const depth = QUOTE.exec(line)?.[0].length ?? 0
    const stuffed = line.slice(depth)
    const words = stuffed.startsWith(' ') ? stuffed.slice(1) : stuffed
    if (paragraph && paragraph.depth !== depth) end() // A paragraph cannot go on in another quote, whatever its last line says.
    const flows = words.endsWith(' ') && words !== SIGNATURE
    if (words === SIGNATURE) end()
    paragraph ??= { depth, pieces: [] }
    paragraph.pieces.push(flows && deleteSpace ? words.slice(0, -1) : words)
    if (!flows) end()
  }
  end()
  return lines.join('\n')
}

function marked(depth: number, words: string): string {
  return depth === 0 ? words : `${'>'.repeat(depth)}${words === '' ? '' : ' '}${words}`
}
