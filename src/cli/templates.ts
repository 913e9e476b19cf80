// deskbell templates check: every fault of every letter at once, each with its place and its fix.

import { loadConfig } from '../config.ts'
import { loadAcknowledgements } from '../template/acknowledgement.ts'
import { loadLetters, renderLetterFaults } from '../template/letter.ts'
import type { Command } from './command.ts'

export const checkTemplates: Command = async (words) => {
  if (!words.includes('check')) {
    process.stderr.write('Usage: npm run deskbell -- templates check\n')
    return 2
  }
  const { templates } = await loadConfig({ argv: words, env: process.env })
  const letters = await loadLetters(templates.folder)
  const acknowledgements = await loadAcknowledgements(templates.folder)
  const faults = [...letters.faults, ...acknowledgements.faults]
  if (faults.length > 0) process.stderr.write(renderLetterFaults(faults))
  const good = letters.letters.length + acknowledgements.letters.length
  process.stdout.write(`${good} letters are good, ${faults.length} faults.\n`)
  return faults.length > 0 ? 1 : 0
}
