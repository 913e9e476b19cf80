// Which functions of the desk draw something, by what they say they return, and whether anybody called them.
import { readdirSync, readFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

const DESK = join(import.meta.dirname, '../../src/desk')
const FUNCTION = /^(?:export )?(?:async )?function (\w+)(?:<[^>]*>)?\([\s\S]*?\n?\): ([^\n]+) \{$/gm
const DRAWN =
  /\b(?:KnownBlock|AnyBlock|RichTextBlock|InputBlock|ModalView|HomeView|Content|EntryPlan|PlainTextOption)\b/

/** As `file.ts name`. */
export function listDrawing(): string[] {
  return readdirSync(DESK).flatMap((file) => {
    const source = readFileSync(join(DESK, file), 'utf8')
    return [...source.matchAll(FUNCTION)].flatMap(([, name, type = '']) =>
      DRAWN.test(type) ? [`${file} ${name}`] : [],
    )
  })
}

/** Counts calls from now on. The function it resolves to tells which were called, as `file.ts name`. */
export async function watchCalls(): Promise<() => Promise<Set<string>>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage')
    session.disconnect()
    return new Set(
      result
        .filter(({ url }) => url.includes('/src/desk/'))
        .flatMap(({ url, functions }) =>
          functions
            .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
            .map(({ functionName }) => `${url.slice(url.lastIndexOf('/') + 1).replace(/\?.*/, '')} ${functionName}`),
        ),
    )
  }
}
