// Which addresses are ours. What we wrote ourselves must never become a customer, and only our own addresses carry our tokens.
export type IsOwn = (address: string) => boolean

/** Ours are the given addresses and every plus-form of them: `support+anything@example.com`. */
export function ownAddresses(addresses: string[]): IsOwn {
  const own = new Set(addresses.map((address) => address.trim().toLowerCase()))
  return (address) => {
    const lower = address.trim().toLowerCase()
    return own.has(lower) || own.has(withoutPlus(lower))
  }
}

function withoutPlus(address: string): string {
  const at = address.lastIndexOf('@')
  const plus = address.indexOf('+')
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address
}
