// The demo's page, played as a person plays it: in a browser, by what stands on the buttons.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PageServer, servePage } from '../../src/sandbox/page/page-server.ts'
import { openPlayhouse, type Playhouse } from '../../src/sandbox/page/playhouse.ts'
import { BROWSER, BROWSER_ARGUMENTS, hasBrowser } from '../pictures/camera.ts'

const PICTURES = join(import.meta.dirname, '../../test-output/pictures')
const SOON_MS = 25_000

describe.skipIf(!hasBrowser())('the page of the demo', () => {
  let browser: Browser
  let house: Playhouse
  let server: PageServer
  let page: Page

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    browser = await chromium.launch({ executablePath: BROWSER, args: BROWSER_ARGUMENTS })
    house = await openPlayhouse({ undo: '1s' })
    server = await servePage(house, 0)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await house?.stop()
  })
  beforeEach(async () => {
    page = await openPage()
  })

  const openPage = async (viewport = { width: 1500, height: 1000 }) => {
    const context = await browser.newContext({ viewport })
    context.setDefaultTimeout(SOON_MS)
    const opened = await context.newPage()
    await opened.goto(server.url)
    await opened.getByText('everything answers').waitFor()
    return opened
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const pressInModal = (name: string | RegExp) => page.getByRole('dialog').getByRole('button', { name }).click()
  const cardOf = (subject: string, on = page) => on.locator('#agent .messages .message', { hasText: subject }).last()
  const picture = (name: string) => page.screenshot({ path: join(PICTURES, `demo-${name}.png`) })
  /** As Ben, about something new. */
  const mail = async (subject: string, text: string) => {
    await page.getByRole('tab', { name: 'Ben Novak' }).click()
    await page.locator('form#mail-ben\\@customer\\.test').waitFor()
    await page.getByLabel('Subject').fill(subject)
    await page.getByLabel('Text', { exact: true }).fill(text)
    const tick = page.getByLabel('as an answer')
    if ((await tick.count()) > 0) await tick.uncheck()
    await press(/^Send to support/)
  }
  const answer = async (subject: string, text: string) => {
    await cardOf(subject).getByRole('button', { name: 'Reply by email' }).click()
    await page.getByLabel('Your answer').fill(text)
    await pressInModal('Preview')
    await pressInModal(/^Send to/)
    await pressInModal('Close')
  }

  test('first mail: a customer is answered, and reads it in their mailbox', async () => {
    await press('First mail')
    await cardOf('order 4711').waitFor()
    await answer('order 4711', 'Hello Ana,\n\nit leaves today.\n\nMaya')
    await page.locator('.mail.got', { hasText: 'it leaves today.' }).waitFor()
    await expect.poll(() => cardOf('order 4711').innerText(), { timeout: SOON_MS }).toContain('Answered')
    await cardOf('order 4711').locator('.thread-link').click()
    await page.locator('.thread .message', { hasText: 'Accepted at' }).waitFor()
    await picture('first-mail')
  })

  test('what is typed in a thread reaches no customer', async () => {
    await press('First mail')
    await cardOf('order 4711').locator('.thread-link').click()
    const before = await page.locator('.mail.got').count()
    await page.getByLabel('Reply in the thread').fill('She sounds angry.')
    await page.getByLabel('Reply in the thread').press('Enter')
    await page.locator('.thread .message', { hasText: 'She sounds angry.' }).waitFor()
    await expect.poll(() => house.program.inside().facts.some(({ kind }) => kind === 'note-written')).toBe(true)
    expect(await page.locator('.mail.got').count()).toBe(before)
  })

  test('answered from Discord: a member’s help ends nothing, an agent’s answer does, and the next one goes out from Slack', async () => {
    await press('Answered from Discord')
    await page.getByText('Tom answered right there').waitFor()
    await expect.poll(() => cardOf('European socket').innerText(), { timeout: SOON_MS }).toContain('Answered')
    await cardOf('European socket')
      .getByRole('button', { name: /^Reply/ })
      .click()
    await page.getByLabel('Your answer').fill('And it is free of charge.')
    await pressInModal('Preview')
    await pressInModal(/^Send to/)
    await pressInModal('Close')
    await page.locator('.answers .line', { hasText: 'free' }).waitFor()
    await cardOf('European socket').locator('.thread-link').click()
    await page.locator('.thread .message', { hasText: 'And it is' }).filter({ hasText: 'Accepted at' }).waitFor()
    await picture('discord')
  })

  test('reply bounced: the author hears of it, and the customer waits again', async () => {
    await press('Reply bounced')
    await cardOf('the invoice again').waitFor()
    await answer('the invoice again', 'Here it is.')
    await expect.poll(() => cardOf('the invoice again').innerText(), { timeout: SOON_MS }).toContain('It came back')
    await picture('bounce')
  })

  test('colleague was faster: a second answer is asked about', async () => {
    await press('Colleague was faster')
    await page.getByText('While you had the composer open').waitFor()
    await page.getByLabel('Your answer').fill('Yes, it is.')
    await pressInModal('Preview')
    await pressInModal(/^Send to/)
    await page.getByRole('dialog').getByText('Tom Okafor').first().waitFor()
    await picture('faster')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('overdue and escalated: the lead is pinged, and the card says so', async () => {
    await press('Overdue and escalated')
    await page.locator('#lead .message', { hasText: 'The lamp arrived broken' }).waitFor()
    await expect.poll(() => cardOf('The lamp arrived broken').innerText()).toContain('overdue since')
    await picture('overdue')
  })

  test('angry customer: three mails are one conversation, and ping nobody by their words', async () => {
    await press('Angry customer')
    await expect.poll(() => cardOf('Still no refund').innerText(), { timeout: SOON_MS }).toContain('3 messages')
    expect(await page.locator('#agent .mention', { hasText: 'channel' }).count()).toBe(0)
    await picture('angry')
  })

  test('nothing is lost while the program is dead', async () => {
    await press('Kill the program')
    await page.getByText('The program is not running').waitFor()
    await mail('Written while nobody was there', 'Hello?')
    await page.locator('.mail.sent', { hasText: 'Written while nobody was there' }).waitFor()
    await press('Start the program again')
    await cardOf('Written while nobody was there').waitFor()
    await picture('restart')
  })

  test('nothing is lost while the mail server is down, nor while Slack has enough of us', async () => {
    await press('Mail server down')
    await mail('Written to a dead server', 'Anybody?')
    await press('Slack: too many requests')
    await press('Bring the mail server back')
    await cardOf('Written to a dead server').waitFor()
    expect(await page.locator('#agent .messages .message', { hasText: 'Written to a dead server' }).count()).toBe(1)
    expect(house.stage.slack.log.some(({ outcome }) => outcome.includes('429'))).toBe(true)
  })

  test('two browsers see the same desk, each with its own thread, also after a reload', async () => {
    const other = await openPage()
    await mail('Seen by two', 'Hello you two.')
    await cardOf('Seen by two').locator('.thread-link').click()
    await page.locator('.column.thread').waitFor()
    await cardOf('Seen by two', other).waitFor()
    expect(await other.locator('.column.thread').count()).toBe(0)
    await page.reload()
    await page.locator('.column.thread', { hasText: 'Hello you two.' }).waitFor()
  })

  test('on a telephone everything is there, one below the other', async () => {
    const phone = await openPage({ width: 390, height: 800 })
    const [wide, window] = (await phone.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as number[]
    expect(wide).toBe(window)
    await phone.screenshot({ path: join(PICTURES, 'demo-phone.png'), fullPage: true })
  })

  test('the page answers nobody from elsewhere, and under no other name', async () => {
    const send = (headers: Record<string, string>, method = 'GET') => fetch(server.url, { method, headers })
    expect((await send({ Origin: 'http://evil.test' })).status).toBe(403)
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    const act = (body: string, origin: string) =>
      fetch(new URL('/do', server.url), { method: 'POST', body, headers: { Origin: origin } })
    expect((await act('{"do":"tab","tab":"home"}', 'http://evil.test')).status).toBe(403)
    expect((await act('{"do":"everything"}', server.url.slice(0, -1))).status).toBe(400)
    const page = await send({})
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})
