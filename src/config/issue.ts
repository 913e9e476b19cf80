// What zod found, as faults with the whole key, and the nearest name for a key that nobody knows.
import type { z } from 'zod'
import { nearest } from '../nearest.ts'
import { didYouMean, type Fault } from './fault.ts'

export function settingFaults(issues: readonly z.core.$ZodIssue[]): Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, issue.message))
    if (issue.code === 'invalid_key') return [badName(path)]
    const [problem = '', fix = ''] = issue.message.split('\n')
    return [{ key: path.join('.'), problem, fix }]
  })
}

/** `section` puts the keys it knows into the message, one a line. */
function unknownKey(path: string[], key: string, message: string): Fault {
  const known = message.split('\n')
  return { key: [...path, key].join('.'), problem: 'is not a setting', fix: didYouMean(nearest(key, known), known) }
}

function badName(path: string[]): Fault {
  const fix = 'Use lower-case letters, digits and hyphens, a letter first, at most 30 in all.'
  return { key: path.join('.'), problem: 'is not a usable name', fix }
}
