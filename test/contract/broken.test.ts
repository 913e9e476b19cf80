// A suite that nobody has seen fail proves nothing: here each promise is broken once, and the contract suite has to notice.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
/** By the name of the fault: the test that it has to break. */
const BREAKS = await faults()
const failed = new Set<string>()
const ran = new Set<string>()

interface Report {
  testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[]
}

beforeAll(async () => {
  const wanted = BREAKS.map(({ name, breaks }) => `an adapter that ${name} .*${escaped(breaks)}$`).join('|')
  const report = await runSuite(wanted)
  for (const { ancestorTitles, title, status } of report.testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    const name = /^an adapter that (.*) keeps the promises/.exec(
      ancestorTitles.find((one) => one.startsWith('an adapter')) ?? '',
    )?.[1]
    if (name === undefined || (status !== 'failed' && status !== 'passed')) continue
    ran.add(`${name}: ${title}`)
    if (status === 'failed') failed.add(`${name}: ${title}`)
  }
}, 300_000)

test.each(BREAKS)('Q2: the contract notices an adapter that $name', ({ name, breaks }) => {
  expect([...ran]).toContain(`${name}: ${breaks}`)
  expect([...failed]).toContain(`${name}: ${breaks}`)
})

async function runSuite(pattern: string): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'deskbell-broken-'))
  const file = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const words = ['--config', 'test/contract/broken.config.ts', '--reporter=json', `--outputFile=${file}`, '-t', pattern]
  const child = spawn(process.execPath, [vitest, 'run', ...words], { cwd: ROOT, stdio: 'ignore', env: withoutVitest() })
  await once(child, 'exit')
  const report = JSON.parse(await readFile(file, 'utf8')) as Report
  await rm(folder, { recursive: true })
  return report
}

/** The child is a run of its own. */
function withoutVitest(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
}

/** Read and not imported: importing would run them here. */
async function faults(): Promise<{ name: string; breaks: string }[]> {
  const text = await readFile(join(import.meta.dirname, 'broken-adapters.ts'), 'utf8')
  return [...text.matchAll(/name: '([^']+)',\n\s*breaks: '([^']+)'/g)].map(([, name = '', breaks = '']) => ({
    name,
    breaks,
  }))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
