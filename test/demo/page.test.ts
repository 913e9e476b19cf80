// The demo's page, played as a person plays it: in a browser, by what stands on the buttons.
import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser } from '../pictures/camera.ts'
import { openTheatre, type Player, SOON_MS, sitDown, type Theatre } from './player.ts'

const soon = { timeout: SOON_MS }

describe.skipIf(!hasBrowser())('the page of the demo', () => {
  let theatre: Theatre
  let player: Player

  beforeAll(async () => {
    theatre = await openTheatre()
    player = await sitDown(theatre)
  })
  afterAll(() => theatre?.close())
  afterEach(async () => {
    const { page, errors } = player
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(errors).toEqual([])
  })

  test('it is painted soon, for whoever comes first', async () => {
    const paintMs = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`
    const ms = await player.page.evaluate<number>(paintMs)
    console.info(`bench: the demo's page is painted after ${Math.round(ms)} ms`)
    expect(ms).toBeGreaterThan(0)
  })

  test('first mail: a customer is answered, and reads it in their mailbox', async () => {
    const { page, press, cardOf, answer, picture } = player
    await press('First mail')
    await answer('order 4711', 'Hello Ana,\n\nit leaves today.\n\nMaya')
    await page.locator('.mail.got', { hasText: 'it leaves today.' }).waitFor()
    await cardOf('order 4711').getByText('Answered').waitFor()
    await cardOf('order 4711').locator('.thread-link').click()
    await page.locator('.thread .message', { hasText: 'Accepted at' }).waitFor()
    await picture('first-mail')
  })

  test('what is typed in a thread reaches no customer; sending it is a verb in the message’s menu', async () => {
    const { page, dialog } = player
    const got = await page.locator('.mail.got').count()
    const draft = page.locator('.thread .message', { hasText: 'It left at noon.' })
    await page.getByLabel('Reply in the thread').fill('It left at noon.')
    await page.keyboard.press('Enter')
    await draft.getByRole('button', { name: 'More actions for this message' }).click()
    expect(await page.locator('.mail.got').count()).toBe(got)
    await page.getByRole('menuitem', { name: 'Send to customer' }).click()
    await expect.poll(() => dialog.getByLabel('Your answer').evaluate(written), soon).toBe('It left at noon.')
  })

  test('answered from Discord: a member’s help ends nothing, an agent’s answer does, and the next one goes out from Slack', async () => {
    const { page, press, cardOf, answer, picture } = player
    await press('Answered from Discord')
    await page.getByText('Tom answered right there').waitFor()
    await cardOf('European socket').getByText('Answered').waitFor()
    await answer('European socket', 'And it is **free** of charge.')
    await page.locator('.answers .line', { hasText: 'free of charge' }).waitFor()
    await picture('discord')
  })

  test('answered in Slack: two people of one organisation are one conversation, and read the answer in their thread', async () => {
    const { page, press, cardOf, answer, picture } = player
    await press('Answered in Slack')
    await cardOf('Nora Vance').getByText('2 messages').waitFor()
    await answer('Nora Vance', 'Yes, forty on one invoice.')
    await page.locator('.lounge .answers .message', { hasText: 'forty on one invoice' }).waitFor()
    await cardOf('Nora Vance').getByText('Answered').waitFor()
    await picture('slack')
  })

  test('a guest writes to the app with a file, and puts their words right; the desk sees both', async () => {
    const { page, press, cardOf } = player
    await page.getByRole('tab', { name: 'Slack: Gus' }).click()
    await page.getByLabel('Message', { exact: true }).fill('The lmap flickers.')
    await page.getByLabel('Files').setInputFiles({ name: 'lamp.txt', mimeType: 'text/plain', buffer: Buffer.from('~') })
    await press('Write in Slack')
    await cardOf('The lmap flickers').waitFor()
    const own = page.locator('.lounge .message', { hasText: 'lmap' })
    await own.getByRole('button', { name: 'More actions for this message' }).click()
    await page.getByLabel('The message').fill('The lamp flickers.')
    await press('Save changes')
    await cardOf('The lamp flickers').locator('.thread-link').click()
    await page.locator('.thread .message', { hasText: 'lamp.txt' }).waitFor()
  })

  test('reply bounced: the author hears of it, and the customer waits again', async () => {
    const { press, cardOf, answer, picture } = player
    await press('Reply bounced')
    await answer('the invoice again', 'Here it is.')
    await cardOf('the invoice again').getByText('It came back').waitFor()
    await picture('bounce')
  })

  test('colleague was faster: a second answer is asked about', async () => {
    const { page, press, pressInModal, dialog, picture } = player
    await press('Colleague was faster')
    await page.getByText('While you had the composer open').waitFor()
    await dialog.getByLabel('Your answer').fill('Yes, it is.')
    await pressInModal('Preview')
    await pressInModal(/^Send to/)
    await dialog.getByText('Tom Okafor').first().waitFor()
    await picture('faster')
  })

  test('by the keyboard alone: a letter is found, what is missing is said, and the way back is where it began', async () => {
    const { page, cardOf, dialog, focused, picture } = player
    const reply = cardOf('Chloé').getByRole('button', { name: /^Reply/ })
    await reply.press('Enter')
    const letters = dialog.getByRole('combobox', { name: 'Start from a letter' })
    await letters.press('d')
    await page.keyboard.type('elay')
    await dialog.locator('[role=combobox][data-query=delay]').waitFor()
    await picture('keyboard')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await dialog.getByText('Why does it take longer?').waitFor()
    await dialog.getByRole('button', { name: 'Preview' }).press('Enter')
    await dialog.getByRole('alert').first().waitFor()
    expect(await focused()).toContain('Why does it take longer?')
    await dialog.getByRole('button', { name: 'Preview' }).press('Tab')
    expect(await focused(), 'Tab stays in the modal').toBe('Dismiss')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(focused).toMatch(/^Reply/)
    const menu = cardOf('Chloé').getByRole('button', { name: 'More actions', exact: true })
    await menu.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toContain('No reply needed')
    await page.keyboard.press('Enter')
    await dialog.getByRole('combobox').selectOption({ label: 'It is spam' })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await focused()).toBe('More actions')
  })

  test('overdue and escalated: the lead is pinged, the card says so, and the lead acts from there', async () => {
    const { page, press, cardOf, dialog, picture } = player
    await press('Overdue and escalated')
    const ping = page.locator('#lead .message', { hasText: 'The lamp arrived broken' }).last()
    await ping.waitFor()
    await cardOf('The lamp arrived broken').getByText('overdue since').waitFor()
    await picture('overdue')
    await ping.getByRole('button', { name: 'Assign' }).click()
    await dialog.getByText('Maya Lindt').first().waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Home' }).last().click()
    await page.locator('#lead .home', { hasText: 'overdue' }).waitFor()
  })

  test('angry customer: three mails are one conversation, and ping nobody by their words', async () => {
    const { page, press, cardOf, picture } = player
    await press('Angry customer')
    await cardOf('Still no refund').getByText('3 messages').waitFor()
    expect(await page.locator('#agent .mention', { hasText: 'channel' }).count()).toBe(0)
    await picture('angry')
  })

  test('two browsers see the same desk, each with its own thread, after a reload and while the program is dead', async () => {
    const { page, press, cardOf, mail, picture } = player
    const other = await sitDown(theatre)
    await press('Kill the program')
    await other.page.getByText('The program is not running').waitFor()
    await mail('Ben', 'Written while nobody was there', 'Hello?')
    await other.press('Start the program again')
    await cardOf('Written while nobody was there').locator('.thread-link').click()
    await page.locator('.column.thread', { hasText: 'Hello?' }).waitFor()
    await other.cardOf('Written while nobody was there').waitFor()
    expect(await other.page.locator('.column.thread').count()).toBe(0)
    await page.reload()
    await page.locator('.column.thread', { hasText: 'Hello?' }).waitFor()
    await picture('restart')
    await other.page.context().close()
  })

  test('nothing is lost while the mail server is down, nor while Slack has enough of us', async () => {
    const { page, press, cardOf, mail } = player
    await page.getByText('everything answers').waitFor()
    await press('Mail server down')
    await mail('Ben', 'Written to a dead server', 'Anybody?')
    await press('Slack: too many requests')
    await press('Bring the mail server back')
    await cardOf('Written to a dead server').waitFor()
    expect(await page.locator('#agent .messages .message', { hasText: 'Written to a dead server' }).count()).toBe(1)
    expect(theatre.house.stage.slack.log.some(({ outcome }) => outcome.includes('429'))).toBe(true)
  })

  test('training: the queue comes, and what was done with it is judged from the program’s records', async () => {
    const { page, press, answer, picture } = player
    await press('Train me')
    await page.getByText('1 of 9 messages').waitFor()
    await answer('New address for order 5120', 'Hello Ana,\n\nyes, it goes to your new address.\n\nMaya')
    await page.getByRole('tab', { name: 'Ana', exact: true }).click()
    await page.locator('.mail.got', { hasText: 'your new address' }).waitFor()
    await press('Next message now')
    await page.getByText('2 of 9 messages').waitFor()
    await answer('Broken glass, order 6044', 'Hello,\n\nwhat is your order number?\n\nMaya')
    await page.getByRole('tab', { name: 'Gus', exact: true }).click()
    await page.locator('.mail.got', { hasText: 'order number' }).waitFor()
    await press('Finish')
    await page.getByRole('heading', { name: 'Your score card' }).waitFor()
    const caseOf = (title: string) => page.locator('.cases > li', { hasText: title }).innerText()
    expect(await caseOf('Ana moves house')).toContain('Nothing to do better here.')
    expect(await caseOf('Gus comes back')).toContain('Asked again for the number of his order.')
    await picture('training')
    await press('Train again')
    await page.getByText('1 of 9 messages').waitFor()
    await press('Finish')
    await press('Put the card away')
  })

  test('on a telephone and in the dark everything is there, one below the other', async () => {
    const phone = await sitDown(theatre, { width: 390, height: 800, colorScheme: 'dark' })
    const [wide, window] = await phone.page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]')
    expect(wide).toBe(window)
    await phone.picture('phone-dark')
    await phone.page.context().close()
  })

  test('what is written in bold, in lists and as links becomes Slack’s rich text, and nothing else does', async () => {
    const made = await player.page.evaluate(`(async () => {
      const { richTextOf } = await import('/rich-text.js')
      const field = document.createElement('div')
      field.innerHTML = 'Hello <b>you</b>,<div><br></div><div>see <a href="https://example.com/">here</a>:</div>' +
        '<ul><li>one</li><li>two<ul><li><i>deeper</i></li></ul></li></ul><pre>code</pre><span onclick="x()">end</span>'
      return richTextOf(field)
    })()`)
    const section = (...elements: object[]) => ({ type: 'rich_text_section', elements })
    const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style && { style }) })
    const list = (more: object, ...elements: object[]) => ({
      ...{ type: 'rich_text_list', style: 'bullet', elements },
      ...more,
    })
    const link = { type: 'link', url: 'https://example.com/', text: 'here' }
    expect(made).toEqual({
      type: 'rich_text',
      elements: [
        section(text('Hello '), text('you', { bold: true }), text(',\n\nsee '), link, text(':')),
        list({}, section(text('one')), section(text('two'))),
        list({ indent: 1 }, section(text('deeper', { italic: true }))),
        { type: 'rich_text_preformatted', elements: [text('code')] },
        section(text('end')),
      ],
    })
  })

  test('the page answers nobody from elsewhere, and under no other name', async () => {
    const { server } = theatre
    const own = server.url.slice(0, -1)
    const send = (headers: Record<string, string>) => fetch(server.url, { headers })
    expect((await send({ Origin: 'http://evil.test' })).status).toBe(403)
    expect((await send({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    const act = async (body: string, headers: Record<string, string>) =>
      (await fetch(new URL('/do', server.url), { method: 'POST', body, headers })).status
    const known = '{"do":"customer","address":"ben@customer.test"}'
    expect(await act(known, { Origin: own })).toBe(200)
    expect(await act(known, { Origin: 'http://evil.test' })).toBe(403)
    expect(await act(known, { Origin: 'null' })).toBe(403)
    expect(await act(known, {})).toBe(403)
    expect(await act('{"do":"everything"}', { Origin: own })).toBe(400)
    // A name that somebody else made to lead here.
    expect(await statusUnder('evil.test', server.url)).toBe(421)
    expect((await send({})).headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
  })
})

/** What stands in a field for text, of whatever kind. */
const written = (field: unknown) => {
  const { value, innerText } = field as { value?: string; innerText: string }
  return value ?? innerText
}

function statusUnder(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { Host: host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}
