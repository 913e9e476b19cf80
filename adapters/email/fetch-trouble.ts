// Mails on which a server breaks down, or the line: found by asking for each alone, and at last taken in without what cannot be had.
// Without this one broken mail of an old mailbox would end every connection, and nothing behind it would ever come in.

/** `nothing`: the server cannot even be asked for its header; that it is there is all we say of it. */
export type Asking = 'whole' | 'header' | 'nothing'

const WHOLE_TRIES_MAX = 3
const HEADER_TRIES_MAX = 6
const SUSPECTS_MAX = 1000

export interface FetchTrouble {
  /** Everything known goes by the UIDs of one numbering. */
  enter(uidValidity: string): void
  asking(uids: number[]): void
  /** It ended well, with these. */
  answered(given: Iterable<number>): void
  /** The connection has ended. Whatever was being asked for then may have been the reason. */
  ended(): void
  /** The server shows it and does not give it. */
  withheld(uid: number): void
  /** To be asked for alone. */
  isSuspect(uid: number): boolean
  how(uid: number): Asking
}

/** Outlives the connections, not the program. */
export function fetchTrouble(): FetchTrouble {
  const strikes = new Map<number, number>()
  let numbering = ''
  let asked: number[] = []
  const strike = (uid: number, count: number) => {
    if (strikes.size < SUSPECTS_MAX || strikes.has(uid)) strikes.set(uid, (strikes.get(uid) ?? 0) + count)
  }
  return {
    enter(uidValidity) {
      if (uidValidity !== numbering) strikes.clear()
      numbering = uidValidity
    },
    asking(uids) {
      asked = uids
    },
    answered(given) {
      for (const uid of given) strikes.delete(uid)
      asked = []
    },
    ended() {
      // One of many is under suspicion only; one that was alone did it, or the line broke by chance: the third time decides.
      for (const uid of asked) strike(uid, asked.length === 1 ? 1 : 0)
      asked = []
    },
    withheld: (uid) => strike(uid, 1),
    isSuspect: (uid) => strikes.has(uid),
    how(uid) {
      const count = strikes.get(uid) ?? 0
      return count < WHOLE_TRIES_MAX ? 'whole' : count < HEADER_TRIES_MAX ? 'header' : 'nothing'
    },
  }
}
