// A letter chosen in the composer: rendered once, with what is known right now, and put into the field.
import type { Letter } from '../template/letter.ts'
import { findMarkers } from '../template/marker.ts'
import { renderLetter } from '../template/render.ts'
import { admit } from './admission.ts'
import { suits } from './advisor.ts'
import { readAimed } from './aimed.ts'
import { fits, insertedAs, isUntouched, readMentioned, tooLong } from './body-input.ts'
import { findChosen, nameOthers, readOffered, showWriting } from './composer.ts'
import { bodyBlock, type ComposerMeta, composerView, readComposer, readMeta } from './composer-view.ts'
import type { Click, OpenView } from './interaction.ts'
import { findBroken, wrongWith } from './letter-broken.ts'
import { letterValue } from './letter-menu.ts'
import { readValues } from './letter-situation.ts'
import { tickedIn } from './recipient-input.ts'
import { replaceView } from './respond.ts'
import { type DeskTools, getDesk } from './tools.ts'
import { whisper } from './whisper.ts'

export async function chooseLetter(tools: DeskTools, { who, value }: Click, view: OpenView): Promise<void> {
  const names = await readMentioned(tools.db, view, bodyBlock(readMeta(view)))
  const { meta, text } = readComposer(view, names)
  const question = await readAimed(tools.db, meta)
  const desk = getDesk(tools, question.conversation.desk)
  const place = { channel: desk.channel }
  const admission = await admit(tools, who, { desk, action: 'letter', conversationId: meta.conversationId })
  if (admission.kind === 'refused') return await whisper(tools, who, place, { text: admission.text })
  const offered = await readOffered(tools, question, who)
  const letter = tools.letters().find((each) => letterValue(each) === value && suits(each, question.conversation))
  const others = await nameOthers(tools, who, meta.conversationId)
  const write = async (chosen: Letter) =>
    renderLetter(chosen, await readValues(tools, question, admission.agent, desk, chosen.language)).text
  const filled = letter
    ? fill(meta, text, letter, await write(letter))
    : { meta: { ...meta, rev: meta.rev + 1 }, text, notice: whyNot(tools, value) }
  const chosen = findChosen(tools, filled.meta)
  const shown = composerView({ question, ...offered, ticked: tickedIn(view), letter: chosen, others, ...filled })
  await showWriting(tools, who, meta.conversationId)
  await replaceView(tools, who, place, {
    target: { view_id: view.id, ...(view.hash !== '' && { hash: view.hash }) },
    view: shown,
  })
}

/** It was offered a moment ago. */
function whyNot(tools: DeskTools, value: string): string {
  const broken = findBroken(tools, value)
  if (!broken) return 'This letter is gone, or not meant for here. Please choose another one.'
  return `⚠️ “${broken.title}” is broken and cannot be used until it is mended. ${wrongWith(tools, broken)} Letters… says who can mend it.`
}

/** A letter nobody has touched gives way to the next one; what the agent wrote stays, below it. */
function fill(meta: ComposerMeta, typed: string, letter: Letter, written: string) {
  const own = typed.trim() === '' || isUntouched(typed, meta.inserted) ? '' : typed.trim()
  const text = own === '' ? written : `${written}\n\n${own}`
  if (!fits(text)) return { meta, text: typed, notice: tooLong(text) }
  const asked = new Set(letter.asks.map(({ name }) => name))
  const missing = findMarkers(written).filter((name) => !asked.has(name))
  const notices = [
    ...(own === '' ? [] : ['What you had written stands below the letter.']),
    ...(missing.length === 0 ? [] : [`Still to fill in: ${missing.map((name) => `⟦${name}⟧`).join(', ')}`]),
  ]
  const next = { ...meta, rev: meta.rev + 1, letter: letterValue(letter), inserted: insertedAs(written, letter) }
  return { meta: next, text, notice: notices.join(' ') || undefined }
}
