// Somebody at the demo's page, in a browser: they press what stands on the buttons and wait for what they see.
import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type PageServer, servePage } from '../../src/sandbox/page/page-server.ts'
import { openPlayhouse, type Playhouse } from '../../src/sandbox/page/playhouse.ts'
import { BROWSER, BROWSER_ARGUMENTS } from '../pictures/camera.ts'

const PICTURES = join(import.meta.dirname, '../../test-output/pictures')
/** Where `npm run demo` keeps it, too: the program starts twice. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/deskbell')
export const SOON_MS = 30_000
/** So long that in a test the next case comes when it is asked for. */
const PACE_MS = 3_600_000

export interface Theatre {
  browser: Browser
  house: Playhouse
  server: PageServer
  close(): Promise<void>
}

export async function openTheatre(): Promise<Theatre> {
  mkdirSync(PICTURES, { recursive: true })
  enableCompileCache(COMPILED)
  const [browser, house] = await Promise.all([
    chromium.launch({ executablePath: BROWSER, args: BROWSER_ARGUMENTS }),
    openPlayhouse({ undo: '0s', paceMs: PACE_MS }),
  ])
  const server = await servePage(house, 0)
  return {
    ...{ browser, house, server },
    async close() {
      await Promise.all([browser.close(), server.stop()])
      await house.stop()
    },
  }
}

export type Player = Awaited<ReturnType<typeof sitDown>>

export async function sitDown({ browser, server }: Theatre) {
  const context = await browser.newContext({ viewport: { width: 1500, height: 1000 }, colorScheme: 'light' })
  context.setDefaultTimeout(SOON_MS)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.goto(server.url)
  await page.getByText('everything answers').waitFor()
  return playerAt(page, errors)
}

function playerAt(page: Page, errors: readonly string[]) {
  const dialog = page.getByRole('dialog')
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const pressInModal = (name: string | RegExp) => dialog.getByRole('button', { name }).click()
  /** The first that has it as its name, subject or words: pings come later, and the customer's other cards merely speak of it. */
  const cardOf = (words: string) => {
    const has = page.locator('b, blockquote', { hasText: words })
    return page.locator('#agent .messages .message', { has }).first()
  }
  return {
    ...{ page, dialog, errors, press, pressInModal, cardOf },
    picture: (name: string) => page.screenshot({ path: join(PICTURES, `demo-${name}.png`) }),
    /** As one of the customers with a mailbox, about something new. `first`: what happens before it leaves. */
    async mail(from: string, subject: string, text: string, first?: () => Promise<void>) {
      await page.getByRole('tab', { name: from, exact: true }).click()
      await page.getByRole('tabpanel', { name: from, exact: true }).waitFor()
      await page.getByLabel('Subject').fill(subject)
      await page.getByLabel('Text', { exact: true }).fill(text)
      const tick = page.getByLabel('as an answer')
      if ((await tick.count()) > 0) await tick.uncheck()
      await first?.()
      await press(/^Send to support/)
    },
    /** `text`: what is written, or how. */
    async answer(words: string, text: string | ((page: Page) => Promise<void>)) {
      await cardOf(words)
        .getByRole('button', { name: /^Reply/ })
        .click()
      const field = dialog.getByLabel('Your answer')
      if (typeof text === 'string') await field.fill(text)
      else {
        await field.click()
        await text(page)
      }
      await pressInModal('Preview')
      await pressInModal(/^Send to/)
      await pressInModal('Close')
      await dialog.waitFor({ state: 'detached' })
    },
    /** What has the keyboard now: its name, as a screen reader says it. */
    focused: () =>
      page.evaluate<string>(`(() => {
        const it = document.activeElement
        return it.getAttribute('aria-label') ?? document.getElementById(it.getAttribute('aria-labelledby') ?? '')?.textContent ?? it.textContent
      })()`),
  }
}
