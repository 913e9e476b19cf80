// What the parts of receiving share, and who of us may open a conversation where nothing is one by itself.
import type { CatchUp } from './catch-up.ts'
import { type CustomersConfig, channelOf } from './customers-config.ts'
import type { People } from './people.ts'
import { BEGINNING, type Place, type Positions } from './position.ts'
import type { Heard } from './raw.ts'
import { standingOf, type Us } from './standing.ts'

export interface Hearing {
  config: CustomersConfig
  people: People
  positions: Positions
  catchUp: CatchUp
  us(): Us
  /** Now, as Slack writes it. */
  nowTs(): string
  /** Whether this person works at a desk: what they write to the app is never a customer's. */
  isAtDesk(user: string): Promise<boolean>
}

/** Nothing of other apps is even kept: two that answer each other would fill the store. */
export function isWorthKeeping({ config, us }: Hearing, { told }: Heard): boolean {
  return (told.botId === undefined || config.trustedBots.includes(told.botId)) && told.user !== us().user
}

export async function mayOpen({ config, people, us, isAtDesk }: Hearing, user: string): Promise<boolean> {
  const person = (await people.find([user]))[user]
  const standing = standingOf({ ...config, us: us() }, { user, person, botId: undefined }, 'shared')
  return standing === 'staff' || (await isAtDesk(user))
}

/** One of us says that this message is a customer's question: it is read with all its answers. */
export async function openThread({ positions, catchUp }: Hearing, place: Required<Place>): Promise<void> {
  await positions.addThread(place.channel, place.thread)
  if (!(await positions.find(place))) await positions.set(place, { ts: BEGINNING, recent: [] })
  catchUp.add(place)
}

/** Undefined in a channel where nobody has opened a conversation there. */
export async function placeOf(hearing: Hearing, { told }: Heard): Promise<Place | undefined> {
  const { config, positions, catchUp } = hearing
  const { channel, threadTs: thread } = told
  const configured = channelOf(config, channel)
  if (configured?.manual) {
    const root = thread ?? told.ts
    return (await positions.listThreads(channel)).includes(root) ? { channel, thread: root } : undefined
  }
  if (!configured) await meet(hearing, channel)
  if (thread === undefined) return { channel }
  if (!(await positions.listThreads(channel)).includes(thread)) {
    await positions.addThread(channel, thread)
    const missedSince = catchUp.isBehind({ channel }) ? await positions.find({ channel }) : undefined
    // Its earlier answers may be among what was missed.
    if (missedSince) await positions.set({ channel, thread }, { ts: missedSince.owed ?? missedSince.ts, recent: [] })
  }
  return { channel, thread }
}

/** While the direct messages of before are still being listed, one that we do not know may hold more than this. */
async function meet({ positions, catchUp }: Hearing, channel: string): Promise<void> {
  if ((await positions.listDirect()).includes(channel)) return
  await positions.addDirect(channel)
  if (catchUp.isListing()) catchUp.add({ channel })
}
