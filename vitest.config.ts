import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What touches no database, and nothing that a library keeps for the whole process: these files share one instance of every module, which spares loading it again for each.
const PLAIN = [
  'test/template/**/*.test.ts',
  'test/config/**/*.test.ts',
  'test/sandbox/{slack,mail}/**/*.test.ts',
  'test/{calendar,target,step}.test.ts',
  'test/adapters/email/{subject,letter,markdown,charset,html-text,unquoted,visible-reply,sender,automated,bounce}.test.ts',
  'test/adapters/email/{message-id,mime-shapes}.test.ts',
]

const SETUP = ['test/setup/seed.ts']

// Each file has a process of its own, and many start threads and programs: they need not compile the libraries again each time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/tests')

/** What takes longest; these begin first, as no core may be idle at the end while another still has one of them before it. */
const LONG = [
  'demo/page.test',
  'simulation/simulation.test',
  'real-mail/receiving.test',
  'pictures/',
  'discord/office.test',
  'email/fuzz.test',
  'cli/',
  'email/parse-pool.test',
  'discord/reconnect.test',
  'real-mail/',
]

/** A fresh checkout knows no durations: then the largest file comes first, and the simulation, which is short, last of all. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((part) => moduleId.includes(`/${part}`))
      return place < 0 ? LONG.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

// `house` reads the code itself and takes under a second; `plain` are those; `desk` runs the product; `journey` kills it, again and again.
export default defineConfig({
  test: {
    // Most of a test's time is waiting for a database or a socket.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'] } },
      { test: { name: 'plain', include: PLAIN, isolate: false, setupFiles: SETUP, testTimeout: 60_000 } },
      {
        test: {
          name: 'desk',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/fixtures/**', 'test/journey/**', ...PLAIN],
          globalSetup: ['test/setup/engines.ts'],
          setupFiles: SETUP,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // After the others: it starts the program hundreds of times and wants the machine for itself.
        test: {
          name: 'journey',
          include: ['test/journey/**/*.test.ts'],
          globalSetup: ['test/setup/engines.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
