// The home tab and what is found, photographed: look at the pictures in test-output/pictures after a change.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { HOUR } from '../../src/clock.ts'
import { drawMessage } from '../../src/sandbox/page/draw-message.ts'
import { drawHome } from '../../src/sandbox/page/draw-view.ts'
import type { Html } from '../../src/sandbox/page/html.ts'
import type { Message } from '../../src/sandbox/slack/workspace.ts'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { type Office, openOffice } from './office.ts'

const LETTERS = [
  {
    from: 'Ana Ruiz <ana@customer.test>',
    subject: 'Where is order 4711?',
    text: 'Hello,\n\nI ordered on Monday and have heard nothing since.',
  },
  {
    from: 'Carl Ruiz <carl@customer.test>',
    subject: 'The lamp is broken',
    text: 'The lamp came today and its shade is broken. The order was 4711.',
  },
  {
    from: '山田太郎 <yamada@customer.test>',
    subject: '注文について',
    text: '注文した電球がまだ届きません。いつ届きますか。',
  },
  {
    from: 'A very long name that nobody would choose who can choose <name@a-very-long-domain-name.customer.test>',
    subject:
      'Re: Fwd: A subject that goes on and on, because whoever wrote it has put the whole matter into it, order by order',
    text: `A letter without a single break. ${'It goes on and on about lamps and shades and orders. '.repeat(20)}`,
  },
  {
    from: 'Eve <eve@elsewhere.test>',
    subject: '<!channel> *free* lamps',
    text: '<https://evil|bank> & </> <!channel> lamps',
  },
]

describe.skipIf(!hasBrowser())('pictures of the queue and of what is found', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera?.close())

  test('the home tab, a list of what is found, and a history', async () => {
    const office = await openOffice()
    const { slack, maya, stage, workspace } = office
    for (const letter of LETTERS) {
      office.mails(letter)
      await maya.waitForCard(letter.subject)
    }
    await maya.click(await maya.waitForCard('The lamp is broken'), 'take')
    await show(office, (words) => words.includes('Ana Ruiz') && words.includes('mine'))
    await camera.take('find-1-home', home(office))
    await camera.take('find-2-home-phone-dark', home(office), { theme: 'dark', shape: 'phone' })
    office.clock.forward(25 * HOUR)
    await show(office, (words) => words.includes('5 overdue') || words.includes('Overdue since'))
    await camera.take('find-3-home-overdue', home(office))
    slack.choose(stage.agent, slack.home(stage.agent)?.id ?? '', 'home', 'home_cut', 'snoozed')
    await show(office, (words) => words.includes('Nothing that waits is snoozed'))
    await camera.take('find-4-home-empty', home(office))
    const visitor = slack.addUser({ name: 'visitor' }).id
    slack.openHome(visitor)
    await slack.waitFor(() => slack.home(visitor) !== undefined, 'the home tab')
    await camera.take('find-5-home-visitor', home(office, visitor))
    for (const [n, words] of ['find lamp', 'find 電球', 'find purple', 'history ana@customer.test', 'help'].entries()) {
      const before = workspace.ephemerals.length
      await slack.command(stage.agent, office.desk, '/desk', words)
      await slack.waitFor(() => workspace.ephemerals.length > before, 'an answer')
      await camera.take(`find-${6 + n}-${words.split(' ')[0]}`, answer(office))
      if (n === 0) await camera.take('find-11-find-phone', answer(office), { shape: 'phone' })
    }
  })
})

const home = (office: Office, person = office.stage.agent): Html => {
  const record = office.slack.home(person)
  if (!record) throw new Error('the home tab is empty')
  return drawHome(record, office.screen())
}

async function show({ slack, stage }: Office, has: (words: string) => boolean): Promise<void> {
  slack.openHome(stage.agent)
  await slack.waitFor(() => has(JSON.stringify(slack.home(stage.agent)?.blocks ?? [])), 'the home tab to show it')
}

/** The newest word for the agent alone. */
function answer({ workspace, stage, screen }: Office): Html {
  const said = workspace.ephemerals.findLast(({ user }) => user === stage.agent)
  if (!said) throw new Error('nothing was said')
  const author = { name: 'Deskbell', isApp: true }
  return drawMessage(
    { message: { ...said, reactions: new Map() } as Message, author, files: [], answers: 0 },
    { screen: screen() },
  )
}
