// Who looks, when and where: what the same blocks look like depends on it.
export interface Screen {
  /** Epoch milliseconds. */
  now: number
  /** IANA name. */
  zone: string
  /** The name to show for a user, channel or group id. */
  name(id: string): string | undefined
  /** Who can be chosen where people are to be chosen. */
  people(): { id: string; name: string }[]
}
