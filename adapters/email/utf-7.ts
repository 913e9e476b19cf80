// UTF-7 (RFC 2152): seven-bit mail of the nineties that Exchange still sends now and then. No decoder of the platform reads it.
const SHIFTED = /\+([A-Za-z0-9+/]*)-?/g

/** What is no UTF-7 after a plus stays as it stands. */
export function decodeUtf7(text: string): string {
  return text.replace(SHIFTED, (whole, code: string) => {
    if (code === '') return whole.endsWith('-') ? '+' : whole
    const bytes = Buffer.from(code, 'base64')
    let words = ''
    for (let i = 0; i + 1 < bytes.length; i += 2) words += String.fromCharCode(bytes.readUInt16BE(i))
    return words === '' ? whole : words.toWellFormed()
  })
}
