// A letter chosen in the composer: rendered once, with what is known right now, and put into the field.
import { listFieldValues } from '../template/field.ts'
import type { Letter } from '../template/letter.ts'
import { findMarkers } from '../template/marker.ts'
import { renderLetter } from '../template/render.ts'
import { admit } from './admission.ts'
import type { Agent } from './agents.ts'
import { readOffered, TOO_LONG } from './composer.ts'
import {
  BODY_LENGTH_MAX,
  type ComposerMeta,
  composerView,
  fingerprint,
  letterValue,
  readComposer,
} from './composer-view.ts'
import type { Click, OpenView } from './interaction.ts'
import { type Question, readQuestion } from './question.ts'
import { tickedIn } from './recipient-input.ts'
import { replaceView } from './respond.ts'
import { type Desk, type DeskTools, deskTitle, getDesk } from './tools.ts'
import { whisper } from './whisper.ts'

export async function chooseLetter(tools: DeskTools, { who, value }: Click, view: OpenView): Promise<void> {
  const { meta, text } = readComposer(view)
  const question = await readQuestion(tools.db, meta.conversationId)
  const desk = getDesk(tools, question.conversation.desk)
  const place = { channel: desk.channel }
  const admission = await admit(tools, who, { desk, action: 'letter', conversationId: meta.conversationId })
  if (admission.kind === 'refused') return await whisper(tools, who, place, { text: admission.text })
  const offered = await readOffered(tools, question)
  const letter = offered.letters.find((candidate) => letterValue(candidate) === value)
  if (!letter) return await whisper(tools, who, place, { text: 'This letter is gone. Please choose another one.' })
  const filled = fill(meta, text, writeLetter(letter, question, admission.agent, desk), value)
  const shown = composerView({ question, ...offered, ticked: tickedIn(view), ...filled })
  await replaceView(tools, who, place, { target: { view_id: view.id, hash: view.hash }, view: shown })
}

function writeLetter(letter: Letter, { identity, conversation }: Question, agent: Agent, desk: Desk): string {
  const values = listFieldValues({
    contact: { name: identity.name, address: identity.address },
    agent,
    conversation: { channel: conversation.channel, subject: conversation.subject ?? undefined },
    desk: { name: deskTitle(desk) },
  })
  return renderLetter(letter, values).text
}

/** A letter nobody has touched gives way to the next one; what the agent wrote stays, below it. */
function fill(meta: ComposerMeta, typed: string, written: string, letter: string) {
  const own = typed.trim() === '' || fingerprint(typed) === meta.inserted ? '' : typed.trim()
  const text = own === '' ? written : `${written}\n\n${own}`
  if (text.length > BODY_LENGTH_MAX) return { meta, text: typed, notice: TOO_LONG }
  const missing = findMarkers(written)
  const notices = [
    ...(own === '' ? [] : ['What you had written stands below the letter.']),
    ...(missing.length === 0 ? [] : [`Still to fill in: ${missing.map((name) => `⟦${name}⟧`).join(', ')}`]),
  ]
  const next = { ...meta, rev: meta.rev + 1, letter, inserted: fingerprint(written) }
  return { meta: next, text, notice: notices.join(' ') || undefined }
}
