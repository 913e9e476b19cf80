// What has been saved goes into its file too, where there is one to write, and is there for everybody at once.
import type { ModalView } from '@slack/types'
import type { Written } from '../template/letter-write.ts'
import { toldView } from './form.ts'
import type { DeskTools } from './tools.ts'

/** Call it once the version is committed. `before`: what the letter said until now. */
export async function keepFile(
  { shelf, newId }: Pick<DeskTools, 'shelf' | 'newId'>,
  key: string,
  text: string,
  before: string | undefined,
): Promise<Written> {
  const written = await shelf.write(key, text, { before, mark: newId('file') })
  await shelf.look()
  return written
}

const WHERE: Record<Written, string> = {
  written: 'It stands in its file, too.',
  kept: 'It is kept in the database; the folder of letters is as it was.',
  taken: 'It is kept in the database; its file says something else and was left alone.',
}

export function savedView(title: string, said: string, written: Written): ModalView {
  return toldView(title, `${said} ${WHERE[written]}`)
}
