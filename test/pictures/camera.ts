// Takes pictures of what people see in Slack, in a real browser, and looks for what an eye would trip over.
import { accessSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Html, html, rawHtml } from '../../src/sandbox/page/html.ts'

export const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const BROWSER_ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--hide-scrollbars']
const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'test-output/pictures')
const STYLE = readFileSync(join(ROOT, 'src/sandbox/page/style.css'), 'utf8')
const FLAWS = readFileSync(join(import.meta.dirname, 'flaws.js'), 'utf8')
/** Tall enough that no modal has to scroll. */
const HEIGHT = 2400
const MARGIN = 24

export type Shape = 'wide' | 'phone' | 'sheet'
const WIDTHS: Record<Shape, number> = { wide: 760, phone: 390, sheet: 1700 }

export interface Camera {
  /** Saved as NAME.png; fails where something sticks out, or where a control has no name. */
  take(name: string, drawn: Html, look?: { theme?: 'light' | 'dark'; shape?: Shape }): Promise<void>
  close(): Promise<void>
}

export function hasBrowser(): boolean {
  try {
    accessSync(BROWSER)
    return true
  } catch {
    if (process.env.DESKBELL_REQUIRE_BROWSER === '1') throw new Error(`there is no browser at ${BROWSER}`)
    return false
  }
}

export async function openCamera(): Promise<Camera> {
  mkdirSync(FOLDER, { recursive: true })
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: BROWSER_ARGUMENTS,
  })
  return {
    async take(name, drawn, { theme = 'light', shape = 'wide' } = {}) {
      const page = await openPage(browser, WIDTHS[shape], theme, drawn)
      await page.locator('body').screenshot({ path: join(FOLDER, `${name}.png`) })
      const flaws = await page.evaluate(FLAWS)
      await page.close()
      expect(flaws, name).toEqual([])
    },
    close: () => browser.close(),
  }
}

async function openPage(browser: Browser, width: number, theme: string, drawn: Html): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: HEIGHT }, deviceScaleFactor: 1.5 })
  await page.route('**/*', (route) => route.abort()) // Nothing that a message names is fetched.
  const head = rawHtml(`<style>${STYLE} body { padding: ${MARGIN}px 0 }</style>`)
  const whole = html`<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8">${head}</head><body>${drawn}</body></html>`
  await page.setContent(whole.html)
  return page
}
