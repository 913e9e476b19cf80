// A reply that the platform will never take: whoever wrote it hears why, and everything else goes on.
import { expect, test } from 'vitest'
import { inPlace } from '../setup/chat.ts'
import { eachDatabase } from '../setup/database.ts'
import { fakeChat } from '../setup/fake-channel.ts'
import { makeActingDesk } from './acting.ts'
import { UNDO_MS } from './desk.ts'

eachDatabase((open) => {
  test('Q14: the author is called, with the reason; the window runs on, and the next reply arrives', async () => {
    const channel = fakeChat()
    const desk = await makeActingDesk(open, { channel })
    await desk.customerWrites('Is it red?', inPlace())
    const before = await desk.world.openWindow()
    const reply = async (text: string) => {
      await desk.preview(desk.maya, desk.card().ts, text)
      await desk.waitForScreen(desk.maya, 'exactly what leaves')
      await desk.submit(desk.maya)
      await desk.waitForScreen(desk.maya, 'Leaves at')
      await desk.world.passTime(UNDO_MS)
    }
    channel.fates.push({ kind: 'rejected', reason: 'This Discord user blocks direct messages. Try email.' })
    await reply('Yes.')
    expect(desk.thread().at(-2)).toContain('❌ Not delivered. This Discord user blocks direct messages. Try email.')
    const told = desk.threadMessages().at(-1)
    expect(told?.text).toContain(`<@${desk.maya}>`)
    expect(desk.thread().at(-1)).toContain('your reply to Ada Lovelace did not arrive')
    expect(desk.thread().at(-1)).toContain('This Discord user blocks direct messages. Try email.')
    expect(desk.thread().at(-1)).toContain('The customer has been waiting since')
    expect(await desk.world.openWindow()).toMatchObject({ id: before?.id, started_at: before?.started_at })
    expect(desk.shownCard()).toContain('Last reply: Not delivered.')
    await reply('Yes, it is.')
    expect(channel.delivered).toMatchObject([{ text: 'Yes, it is.' }])
    expect(await desk.world.openWindow()).toBeUndefined()
  })
})
