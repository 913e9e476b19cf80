// deskbell rebuild: every window computed again from the facts. With --check it only says where the store differs.
import { checkWindows, type Rebuilt, rebuildWindows } from '../rebuild.ts'
import type { Command } from './command.ts'
import { openStore, openStoreToRead } from './store.ts'

export const rebuild: Command = async (words) => {
  const found = words.includes('--check') ? await check(words) : await write(words)
  process.stdout.write(found.text)
  return found.code
}

async function check(words: readonly string[]) {
  const { db } = await openStoreToRead(words)
  try {
    const rebuilt = await checkWindows(db)
    const fix = 'Put it right: npm run deskbell -- rebuild'
    return { text: renderRebuilt(rebuilt, fix), code: rebuilt.differing > 0 ? 1 : 0 }
  } finally {
    await db.close()
  }
}

async function write(words: readonly string[]) {
  const { db } = await openStore(words)
  try {
    await db.migrate()
    return { text: renderRebuilt(await rebuildWindows(db), 'All of it is put right.'), code: 0 }
  } finally {
    await db.close()
  }
}

export function renderRebuilt({ conversations, windows, differences, differing }: Rebuilt, after: string): string {
  const seen = `${counted(conversations, 'conversation')}, ${counted(windows, 'window')}`
  if (differing === 0) return `${seen}: no difference.\n`
  const more = differing - differences.length
  const lines = [...differences, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`)
  return [`${seen}: ${counted(differing, 'difference')}.`, ...lines, after, ''].join('\n')
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
