// Who waits, as a list for one person: soonest due first.
import type { KnownBlock, RichTextSection } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import { oneLine } from './card.ts'
import { type LinkTo, linkMaker } from './link.ts'
import { lateness } from './ping.ts'
import { channelWord, customerName } from './question.ts'
import { type Desk, type DeskTools, deskTitle, type Waiting } from './tools.ts'
import { postedOf } from './view.ts'
import type { Whisper } from './whisper.ts'
import { heading, note, paragraph, word } from './words.ts'

const ROWS_MAX = 15
/** A message has room for so many lists of that length. */
const DESKS_MAX = 3
const NAME_LENGTH = 60
const SUBJECT_LENGTH = 80
const TITLE_LENGTH = 150

export async function queueBlocks(tools: DeskTools, desks: readonly Desk[]): Promise<Whisper> {
  const blocks: KnownBlock[] = []
  const linkTo = linkMaker(tools.read)
  for (const desk of desks.slice(0, DESKS_MAX)) {
    const rows = await tools.queue(desk.name)
    blocks.push(
      heading(shorten(`${deskTitle(desk)}: who waits`, TITLE_LENGTH)),
      ...(await list(rows, linkTo, tools.clock.now())),
    )
  }
  const hidden = desks.length - DESKS_MAX
  if (hidden > 0) blocks.push(note(`You have ${hidden} more desks: ask in their channels.`))
  return { text: 'Who waits', blocks }
}

async function list(rows: readonly Waiting[], linkTo: LinkTo, now: number): Promise<KnownBlock[]> {
  if (rows.length === 0) return [paragraph([word('Nobody, apart from those that are snoozed.')])]
  const elements = await Promise.all(
    rows.slice(0, ROWS_MAX).map(async (row) => {
      const card = postedOf({ card_channel: row.cardChannel ?? null, card_ts: row.cardTs ?? null })
      return sectionOf(row, card && (await linkTo(card)), now)
    }),
  )
  const isCut = rows.length >= ROWS_MAX
  return [{ type: 'rich_text', elements }, ...(isCut ? [note(`These are the ${ROWS_MAX} that are due first.`)] : [])]
}

function sectionOf(
  { contactName, address, channelKind, subject, dueAt, ownerId }: Waiting,
  link: string | undefined,
  now: number,
): RichTextSection {
  const name = shorten(oneLine(customerName({ name: contactName ?? undefined, address })), NAME_LENGTH)
  const about = subject === null ? '' : ` · ${shorten(oneLine(subject), SUBJECT_LENGTH)}`
  const owner: RichTextSection['elements'] =
    ownerId === null ? [word(' · nobody has it')] : [word(' · '), { type: 'user', user_id: ownerId }]
  return {
    type: 'rich_text_section',
    elements: [
      word(lateness({ dueAt }, now), { bold: true }),
      word(' · '),
      link === undefined || name === '' ? word(name) : { type: 'link', url: link, text: name },
      word(` · ${channelWord(channelKind)}${about}`),
      ...owner,
      word('\n'),
    ],
  }
}
