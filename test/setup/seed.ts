// What tests draw at random is drawn from the commit in CI: the next commit draws something else, the same one always the same.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

const seed = process.env.PROPERTY_SEED
const { testPath = '' } = expect.getState()

// Loading the library for the many files that draw nothing would take longer than the drawing.
if (seed && readFileSync(testPath, 'utf8').includes("from 'fast-check'")) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(seed) })
}
