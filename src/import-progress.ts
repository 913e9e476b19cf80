// How far the import of a first start is, for whoever watches the program start: a bar on a terminal, else a line for every tenth.
import type { Log } from './log.ts'

export interface Importing {
  /** Of the channel. */
  name: string
  done: number
  total: number
}

export interface Screen {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

export interface ImportProgress {
  /** Call it every second or so. */
  show(now: readonly Importing[], at: number): void
  /** Writes a line of the log without tearing the bar. */
  line(text: string): void
  /** Leaves the terminal to whoever comes next, be the import over or not. */
  end(): void
}

const COLUMNS_DEFAULT = 80
const BAR_CELLS_MAX = 30
const BAR_CELLS_MIN = 10
const ERASE = '\r\u001b[2K'
const TENTH = 10

/** `at` is monotonic, in milliseconds. Without a terminal it goes to the log. */
export function importProgress(screen: Screen, log: () => Log): ImportProgress {
  const seen = new Map<string, Importing & { from: number; since: number; tenth: number }>()
  let bar = ''
  const draw = (next: string) => {
    if (next === bar) return
    bar = next
    screen.write(`${ERASE}${bar}`)
  }
  const say = (text: string) => {
    screen.write(`${bar ? ERASE : ''}${text}${bar}`)
  }
  return {
    line: say,
    end() {
      if (bar) screen.write('\n')
      bar = ''
    },
    show(now, at) {
      for (const each of now) {
        const known = seen.get(each.name) ?? { ...each, from: each.done, since: at, tenth: 0 }
        seen.set(each.name, { ...known, ...each })
        const tenth = Math.floor(percent(each) / TENTH)
        if (!screen.isTTY && tenth > known.tenth) log().info({ ...fields(each) }, `import: ${tenth * TENTH} %`)
        seen.set(each.name, { ...known, ...each, tenth: Math.max(tenth, known.tenth) })
      }
      const over = [...seen.values()].filter(({ name }) => !now.some((each) => each.name === name))
      for (const each of over) {
        seen.delete(each.name)
        if (screen.isTTY) say(`Imported ${mailboxOf(each.name)}: ${count(each.total)} mails.\n`)
        else log().info({ channel: each.name, total: each.total }, 'import: done')
      }
      if (screen.isTTY) draw(renderBar([...seen.values()], at, screen.columns ?? COLUMNS_DEFAULT))
    },
  }
}

interface Watched extends Importing {
  from: number
  since: number
}

/** One line that never wraps: what does not fit is left out, the least wanted first. */
export function renderBar(all: readonly Watched[], at: number, columns: number): string {
  if (all.length === 0) return ''
  const sum = (part: (each: Watched) => number) => all.reduce((total, each) => total + part(each), 0)
  const whole = { name: '', done: sum(({ done }) => done), total: sum(({ total }) => total) }
  const head = `Importing ${all.map((each) => `${mailboxOf(each.name)} ${percent(each)} %`).join(', ')}`
  const counts = `  ${count(whole.done)} of ${count(whole.total)} mails`
  const left = timeLeft(all, at)
  const width = columns - 1 // The last column makes some terminals wrap.
  for (const tail of [`${counts}${left}`, counts, '']) {
    const room = Math.min(BAR_CELLS_MAX, width - head.length - tail.length - '  []'.length)
    if (room < BAR_CELLS_MIN) continue
    const filled = Math.round((room * percent(whole)) / 100)
    return `${head}  [${'='.repeat(filled)}${' '.repeat(room - filled)}]${tail}`
  }
  return head.slice(0, Math.max(0, width))
}

/** The longest one decides; nothing is promised before some of it is done. */
function timeLeft(all: readonly Watched[], at: number): string {
  const seconds = all.map(({ done, total, from, since }) => {
    const perMail = done > from ? (at - since) / (done - from) : Number.NaN
    return Math.round((perMail * (total - done)) / 1000)
  })
  const longest = Math.max(...seconds)
  if (!(longest > 0)) return ''
  const [amount, unit] = longest < 90 ? [longest, 's'] : longest < 5400 ? [longest / 60, 'min'] : [longest / 3600, 'h']
  return `, about ${Math.round(amount)} ${unit} left`
}

function percent({ done, total }: Importing): number {
  return total > 0 ? Math.floor((100 * done) / total) : 100
}

function fields({ name, done, total }: Importing): Record<string, unknown> {
  return { channel: name, done, total }
}

function mailboxOf(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function count(value: number): string {
  return value.toLocaleString('en')
}
