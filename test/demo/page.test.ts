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
    await press('Begin here')
    await answer('order 4711', 'Hello Ana,\n\nit leaves today.\n\nMaya')
    await page.locator('.mail.got', { hasText: 'it leaves today.' }).waitFor()
    await page.locator('#hint .done', { hasText: 'Ana has your answer' }).waitFor()
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

  test('answered from Discord: a member’s help ends nothing, an agent’s answer does, and the next one goes out from Slack', async () => {
    const { page, press, cardOf, answer, picture } = player
    await press('Answered from Discord')
    await page.getByText('Tom answered right there').waitFor()
    await cardOf('European socket').getByText('Answered').waitFor()
    await answer('European socket', async ({ keyboard }) => {
      await keyboard.type('And it is ')
      await keyboard.press('Control+b')
      await keyboard.type('free')
      await keyboard.press('Control+b')
      await keyboard.type(' of *charge*.')
    })
    const line = page.locator('.answers .line', { hasText: 'free of *charge*.' })
    await line.waitFor()
    expect(await line.locator('div b').allInnerTexts()).toEqual(['free'])
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
    await other.press('Overdue and escalated')
    await other.page.getByText('Start it again first').waitFor()
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
    await press('Slack too busy (429)')
    const marks = '<img src=x onerror=alert(1)><svg onload=alert(2)></svg><a href="javascript:alert(3)">x</a>'
    await mail('Ben', 'Written to a dead server', `Anybody? ${marks}`, () => press('Mail server down'))
    await press('Bring the mail server back')
    await cardOf('Written to a dead server').waitFor()
    expect(await page.locator('#agent .messages .message', { hasText: 'Written to a dead server' }).count()).toBe(1)
    expect(theatre.house.stage.slack.log.some(({ outcome }) => outcome.includes('429'))).toBe(true)
    await cardOf('<img src=x').waitFor()
    expect(await page.locator('img, svg, iframe, [onerror], [onload], a[href^="javascript"]').count()).toBe(0)
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
    const { page, cardOf, dialog, picture } = player
    await page.setViewportSize({ width: 390, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    const [wide, window] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]')
    expect(wide).toBe(window)
    await page.getByRole('link', { name: 'Agent' }).click()
    await cardOf('order 4711')
      .getByRole('button', { name: /^Reply/ })
      .click()
    await dialog.getByLabel('Your answer').waitFor()
    const edges = `(({ left, right, top, bottom }) => [left, top, innerWidth - right, innerHeight - bottom])(document.querySelector('.modal').getBoundingClientRect())`
    for (const room of await page.evaluate<number[]>(edges)) expect(room).toBeGreaterThanOrEqual(0)
    await picture('phone-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1500, height: 1000 })
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

  test('every control can be used by its name, and Slack holds what was entered', async () => {
    const { house } = theatre
    const { slack, lead } = house.stage
    const { page } = player
    await house.program.kill() // It would write its own home over this one.
    await page.getByRole('tab', { name: 'Home' }).last().click()
    const published = await publishHome(slack, lead)
    expect(published).toBe(true)
    const home = page.locator('#lead .home')
    const letter = home.getByRole('textbox', { name: 'The letter' })
    await letter.click()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('two')
    await home.getByRole('group', { name: 'The ticks' }).getByLabel('Red').check()
    await home.getByRole('group', { name: 'The choices' }).getByLabel('Blue').check()
    await home.getByRole('radiogroup', { name: 'The radio' }).getByLabel('Blue').check()
    await home.getByLabel('The day').fill('2030-06-14')
    await home.getByLabel('The time').fill('08:15')
    await home.getByLabel('The instant').fill('2030-06-14T09:30')
    await home.getByLabel('The person').selectOption({ label: 'Tom Okafor' })
    await home.getByLabel('The number').fill('12')
    await page.keyboard.press('Tab')
    const held = () => {
      const entered = slack.home(lead)?.entered ?? new Map()
      return Object.fromEntries([...entered].map(([key, { type: _, ...value }]) => [key.split(' ')[0], value]))
    }
    await expect.poll(() => held().number, soon).toEqual({ value: '12' })
    const words = { ticks: 'red', choices: 'blue' }
    for (const [name, value] of Object.entries(words)) expect(held()[name]?.selected_options).toMatchObject([{ value }])
    expect(held()).toMatchObject({
      radio: { selected_option: { value: 'blue' } },
      day: { selected_date: '2030-06-14' },
      time: { selected_time: '08:15' },
      instant: { selected_date_time: new Date('2030-06-14T09:30').getTime() / 1000 },
      person: { selected_user: house.stage.colleague },
    })
    expect(held().letter).toEqual({ rich_text_value: richLetter('one', 'two') })
    await home.getByRole('button', { name: 'Throw it away' }).click()
    const asked = page.getByRole('alertdialog', { name: 'Really?' })
    await asked.getByRole('button', { name: 'Keep it' }).click()
    await asked.waitFor({ state: 'detached' })
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
    expect(await statusUnder('evil.test', new URL('/events', server.url).href)).toBe(421)
    expect((await fetch(new URL('/events', server.url), { headers: { Origin: 'http://evil.test' } })).status).toBe(403)
    expect((await send({})).headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
  })
})

/** A letter with a list of these items. */
function richLetter(...items: string[]) {
  const section = (text: string, style?: object) => ({
    type: 'rich_text_section',
    elements: [{ type: 'text', text, ...(style && { style }) }],
  })
  const list = { type: 'rich_text_list', style: 'bullet', elements: items.map((item) => section(item)) }
  return { type: 'rich_text', elements: [section('Dear Ana', { bold: true }), list] }
}

/** As an app does that uses everything Slack has. */
async function publishHome({ url, botToken }: { url: string; botToken: string }, user_id: string): Promise<boolean> {
  const plain = (text: string) => ({ type: 'plain_text', text })
  const options = ['Red', 'Blue'].map((text) => ({ text: plain(text), value: text.toLowerCase() }))
  const input = (block_id: string, element: object) => ({
    ...{ type: 'input', block_id, label: plain(`The ${block_id}`), optional: true },
    element: { action_id: 'x', ...element },
  })
  const confirm = {
    title: plain('Really?'),
    text: plain('It is gone then.'),
    confirm: plain('Throw'),
    deny: plain('Keep it'),
  }
  const blocks = [
    input('letter', { type: 'rich_text_input', initial_value: richLetter('one') }),
    input('ticks', { type: 'checkboxes', options }),
    input('choices', { type: 'multi_static_select', options }),
    input('radio', { type: 'radio_buttons', options }),
    input('day', { type: 'datepicker' }),
    input('time', { type: 'timepicker' }),
    input('instant', { type: 'datetimepicker' }),
    input('person', { type: 'users_select' }),
    input('number', { type: 'number_input', is_decimal_allowed: false }),
    {
      ...{ type: 'section', text: plain('An old lamp') },
      accessory: { type: 'button', action_id: 'throw', text: plain('Throw it away'), style: 'danger', confirm },
    },
  ]
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${botToken}` }
  const body = JSON.stringify({ user_id, view: { type: 'home', blocks } })
  const answered = (await (await fetch(`${url}views.publish`, { method: 'POST', headers, body })).json()) as {
    ok: boolean
  }
  return answered.ok
}

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
