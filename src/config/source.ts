// Where the configuration comes from: finds the file and the secrets' files and reads them.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './environment.ts'
import type { Fault } from './fault.ts'

const DEFAULT_PATH = 'deskbell.yaml'
const SECRET_BYTES_MAX = 16 * 1024
const FILE_BYTES_MAX = 1024 * 1024

export interface SourcePlaces {
  /** Without node and script. */
  argv: readonly string[]
  env: Environment
  /** Where deskbell.yaml and .env are looked for; the working directory unless given. */
  folder?: string
}

/** What could not be read is a fault; the rest is there all the same. */
export async function readSources({ argv, env, folder = '.' }: SourcePlaces): Promise<Sources> {
  const dotEnv = await readDotEnv(join(folder, '.env'))
  const whole = { ...dotEnv.env, ...env }
  const file = await readYaml(argv, whole, join(folder, DEFAULT_PATH))
  const secrets = await readSecretFiles(whole)
  const faults = [...dotEnv.faults, ...file.faults, ...secrets.faults]
  return { ...(file.yaml && { yaml: file.yaml }), env: secrets.env, faults }
}

export interface Sources {
  yaml?: YamlFile
  env: Environment
  faults: Fault[]
}

/** What the environment itself says goes before. */
async function readDotEnv(path: string): Promise<{ env: Environment; faults: Fault[] }> {
  const { text, problem, absent } = await readText(path, FILE_BYTES_MAX)
  if (text !== undefined) return { env: parseEnv(text), faults: [] }
  if (absent) return { env: {}, faults: [] }
  return {
    env: {},
    faults: [{ key: path, problem: problem ?? 'cannot be read', fix: 'Make it readable, or remove it.' }],
  }
}

async function readYaml(
  argv: readonly string[],
  env: Environment,
  usual: string,
): Promise<{ yaml?: YamlFile; faults: Fault[] }> {
  const chosen = configOption(argv) ?? (env.DESKBELL_CONFIG || undefined)
  const path = chosen ?? usual
  const read = await readText(path, FILE_BYTES_MAX)
  if (read.text !== undefined) return { yaml: { path, text: read.text }, faults: [] }
  if (chosen === undefined && read.absent) return { faults: [] }
  const fix = 'Name an existing file by --config or DESKBELL_CONFIG, or copy deskbell.example.yaml to it.'
  return { faults: [{ key: path || '--config', problem: read.problem ?? 'cannot be read', fix }] }
}

interface YamlFile {
  path: string
  text: string
}

/** `--config path` or `--config=path`; the last one counts. An option without a path names no file at all. */
function configOption(argv: readonly string[]): string | undefined {
  return argv.reduce<string | undefined>((found, word, index) => {
    if (word === '--config') return argv[index + 1] ?? ''
    return word.startsWith('--config=') ? word.slice('--config='.length) : found
  }, undefined)
}

/** `X_FILE` names a file with the value of `X`, as container platforms mount secrets. Only for names of ours. */
async function readSecretFiles(env: Environment): Promise<{ env: Environment; faults: Fault[] }> {
  const result: Environment = { ...env }
  const faults: Fault[] = []
  for (const [name, path] of Object.entries(env)) {
    if (
      !path ||
      !/^(DESKBELL_\w+|DATABASE_URL|SLACK_(BOT|APP)_TOKEN|SLACK_SIGNING_SECRET|SLACK_REFRESH_TOKEN|SLACK_CLIENT_SECRET|DISCORD_BOT_TOKEN)_FILE$/.test(
        name,
      )
    )
      continue
    const target = name.slice(0, -'_FILE'.length)
    const read = await readText(path, SECRET_BYTES_MAX)
    if (env[target]) {
      faults.push({ key: name, problem: `is set, and ${target} too`, fix: 'Unset one of the two.' })
    } else if (!read.text?.trim()) {
      const fix = `Name a readable file that holds the value of ${target} and nothing else.`
      faults.push({ key: name, problem: read.problem ?? 'names an empty file', fix })
    } else {
      result[target] = read.text.trim()
    }
  }
  return { env: result, faults }
}

async function readText(
  path: string,
  bytesMax: number,
): Promise<{ text?: string; problem?: string; absent?: boolean }> {
  try {
    const { size } = await stat(path)
    if (size > bytesMax) return { problem: 'is far too large' }
    return { text: await readFile(path, 'utf8') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT' ? { problem: 'does not exist', absent: true } : { problem: `cannot be read (${code})` }
  }
}
