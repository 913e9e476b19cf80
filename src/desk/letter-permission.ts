// Who may change a letter: leads and whoever wrote it, or every agent, as the configuration says. A letter of another desk is nobody's business here.
import { appendFact } from '../fact.ts'
import { hasWritten } from '../letter-book.ts'
import { isForDesk, type Letter } from '../template/letter.ts'
import { type Admission, admit, listDesksOf, type Refused } from './admission.ts'
import type { Person } from './interaction.ts'
import type { Desk, DeskTools } from './tools.ts'

const SAID = {
  'not-a-lead': 'Only leads and whoever wrote this letter can change it. Ask your lead, or save a letter of your own.',
  'other-desk': 'This letter is another desk’s.',
}

/** At which desks this person sees letters. That somebody sees none is on record. */
export async function desksForLetters(tools: DeskTools, who: Person): Promise<{ desks: Desk[] } | Refused> {
  const desks = await listDesksOf(tools, who)
  if (desks.length > 0) return { desks }
  const [desk] = tools.desks
  if (!desk) return { kind: 'refused', text: 'There is no desk yet.' }
  const admission = await admit(tools, who, { desk, action: 'letters' })
  return admission.kind === 'refused' ? admission : { desks: [desk] }
}

export async function admitToLetter(
  tools: DeskTools,
  who: Person,
  letter: Pick<Letter, 'key'> & { desks?: readonly string[] | undefined },
  action: string,
): Promise<Admission> {
  const allowed = await desksForLetters(tools, who)
  if ('kind' in allowed) return allowed
  const desks = allowed.desks.filter(({ name }) => isForDesk(letter, name))
  const [desk] = desks
  if (!desk) return await refuse(tools, who, action, 'other-desk')
  const admission = await admit(tools, who, { desk, action })
  if (admission.kind === 'refused') return admission
  const isFree = tools.letterEditors === 'agents' || desks.some(({ leads }) => leads.includes(who.id))
  if (isFree || (await hasWritten(tools.db, letter.key, who.id))) return admission
  return await refuse(tools, who, action, 'not-a-lead')
}

async function refuse(tools: DeskTools, who: Person, action: string, reason: keyof typeof SAID): Promise<Refused> {
  const fact = { kind: 'action-refused', actor: who.id, data: { action, reason } } as const
  await tools.db.transaction((trx) => appendFact(trx, fact))
  return { kind: 'refused', text: SAID[reason] }
}
