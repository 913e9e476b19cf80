// What changes after it was said, and who else speaks, as agents see it in the thread and on the card.
import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/clock.ts'
import { BEN, deletion, edit, inPlace, inThread } from '../setup/chat.ts'
import { eachDatabase, type OpenTestDb } from '../setup/database.ts'
import { fakeChat } from '../setup/fake-channel.ts'
import { makeActingDesk } from './acting.ts'

eachDatabase((open) => {
  describe('an edit', () => {
    test('Q10: the entry and the card say what it says now, and what it said before is a click away', async () => {
      const { desk, asked, edits, press } = await makeTalk(open)
      await edits('Is it blue?')
      expect(desk.thread()).toHaveLength(1)
      expect(desk.thread()[0]).toContain('Is it blue?')
      expect(desk.thread()[0]).toContain('Edited')
      expect(desk.thread()[0]).not.toContain('Is it red?')
      expect(desk.shownCard()).toContain('Is it blue?')
      expect(desk.shownCard()).toContain('Edited')
      await press('show_versions')
      const shown = await desk.waitForScreen(desk.maya, 'All versions')
      expect(shown).toContain('Is it red?')
      expect(shown).toContain('Is it blue?')
      expect(await desk.world.versionsOf(asked.id)).toHaveLength(2)
    })

    test('Q5, Q10: that arrives while a preview is open stops it, and shows what it says now', async () => {
      const { desk, edits } = await makeTalk(open)
      await desk.preview(desk.maya, desk.card().ts, 'Yes, it is.')
      await desk.waitForScreen(desk.maya, 'Yes, it is.')
      await edits('Is it blue?')
      await desk.submit(desk.maya)
      const shown = await desk.waitForScreen(desk.maya, 'Not sent yet')
      expect(shown).toContain('changed what they wrote')
      expect(shown).toContain('Is it blue?')
      await desk.submit(desk.maya)
      await desk.waitForScreen(desk.maya, 'Leaves at')
    })

    test('Q10: before the reply it is in the composer', async () => {
      const { desk, edits } = await makeTalk(open)
      await edits('Is it blue?')
      await desk.openComposer(desk.maya, desk.card().ts)
      const shown = desk.screen(desk.maya)
      expect(shown).toContain('Is it blue?')
      expect(shown).not.toContain('Is it red?')
    })

    test('Q10: of what was answered is a line in the thread, from which a person opens a window, once', async () => {
      const { desk, edits, press, replies } = await makeTalk(open)
      await replies('Yes.')
      await edits('And the price?')
      expect(desk.thread().at(-1)).toContain('edited a message that was dealt with already')
      expect(desk.thread().at(-1)).toContain('And the price?')
      expect(await desk.world.openWindow()).toBeUndefined()
      const line = desk.threadMessages().at(-1)?.ts ?? ''
      await press('asks_anew', line)
      await desk.settle()
      expect(await desk.world.openWindow()).toBeDefined()
      expect(desk.shownCard()).toContain('answer due')
      expect(desk.thread().at(-1)).toContain('A person has said that it asks something new.')
      await desk.slack.click(desk.tom, { channel: desk.channel, ts: line, actionId: 'asks_anew' })
      expect(await desk.hears(desk.tom, 'already')).toContain('Somebody has said so already')
    })

    test('a long message that became short leaves nothing of it standing', async () => {
      const { desk, edits } = await makeTalk(open, 'word '.repeat(3000))
      expect(desk.thread().length).toBeGreaterThan(1)
      await edits('Never mind')
      expect(desk.thread()[0]).toContain('Never mind')
      expect(desk.thread().join('\n')).not.toContain('word word')
    })

    test('S14: what it says pings nobody and links nowhere', async () => {
      const { desk, edits, replies } = await makeTalk(open)
      await replies('Yes.')
      await edits('<!channel> <https://evil|bank>')
      const said = JSON.stringify(desk.threadMessages().map(({ text, blocks }) => ({ text, blocks })))
      expect(desk.thread().at(-1)).toContain('<!channel> <https://evil|bank>')
      expect(said).not.toContain('"type":"broadcast"')
      expect(said).not.toContain('"type":"link"')
    })
  })

  describe('a deletion', () => {
    test('Q10: its words are behind a click, and whoever waits is for a person to decide', async () => {
      const { desk, asked, press } = await makeTalk(open)
      await desk.world.hears(deletion(asked.external_id, asked.arrived_at + 1))
      await desk.settle()
      const standing = [desk.shownCard(), ...desk.thread()].join('\n')
      expect(standing).not.toContain('Is it red?')
      expect(JSON.stringify([desk.card(), ...desk.threadMessages()])).not.toContain('Is it red?')
      expect(desk.thread()[0]).toContain('Deleted')
      expect(desk.thread()[0]).toContain('Deleting it ends no wait')
      expect(desk.shownCard()).toContain('deleted')
      expect(desk.shownCard()).toContain('answer due')
      await press('show_versions')
      expect(await desk.waitForScreen(desk.maya, 'All versions')).toContain('Is it red?')
    })
  })

  describe('a bystander', () => {
    test('Q12: is named as one, and an agent can say that they need an answer', async () => {
      const { desk, press } = await makeTalk(open, 'Is it red?', inThread())
      await desk.customerWrites('I think it is', { ...inThread(), from: BEN, bystander: 'member' })
      expect(desk.thread().at(-1)).toContain('Ben')
      expect(desk.thread().at(-1)).toContain('Written by another member, not by the customer. It waits for no answer.')
      expect(desk.shownCard()).toContain('Is it red?')
      await press('needs_answer', desk.threadMessages().at(-1)?.ts)
      await desk.settle()
      expect(desk.thread().at(-1)).toContain('A person has said that it needs an answer.')
      await desk.openComposer(desk.maya, desk.card().ts)
      expect(desk.screen(desk.maya)).toContain('Ben wrote')
    })

    test('W8: what they say does not keep an agent from saying that no reply is needed', async () => {
      const { desk } = await makeTalk(open, 'Thanks!', inThread())
      await desk.customerWrites('You are welcome', { ...inThread(), from: BEN, bystander: 'helper' })
      expect(desk.thread().at(-1)).toContain('Written by a helper')
      await desk.menu(desk.maya, 'waive')
      await desk.waitForScreen(desk.maya, 'Why does this need no reply?')
      await desk.pick(desk.maya, 'reason', 'thanks')
      await desk.submit(desk.maya)
      expect(await desk.world.openWindow()).toBeUndefined()
    })
  })

  describe('a file behind a link', () => {
    const lamp = { name: 'lamp.png', type: 'image/png', bytes: 300, ref: 'link' }

    test('C30: once it is fetched it stands in the thread, also after the link is dead', async () => {
      const channel = fakeChat()
      const desk = await makeActingDesk(open, { channel })
      channel.files.set('link', new Uint8Array(300).fill(7))
      await desk.customerWrites('Look', { ...inPlace(), attachments: [lamp] })
      channel.files.clear()
      await desk.settle()
      expect(desk.thread()[0]).toContain('lamp.png (300 bytes)')
      expect(desk.thread()[0]).not.toContain('being fetched')
      const files = () => desk.threadMessages().flatMap(({ fileIds }) => fileIds ?? [])
      const shown = await desk.slack.waitFor(() => files()[0], 'the file in the thread')
      expect(desk.slack.workspace.files.get(shown ?? '')).toMatchObject({ name: 'lamp.png' })
    })

    test('E20: one that cannot be fetched is a named place, with the reason', async () => {
      const desk = await makeActingDesk(open, { channel: fakeChat() })
      await desk.customerWrites('Look', { ...inPlace(), attachments: [lamp] })
      await desk.settle()
      expect(desk.thread()[0]).toContain('lamp.png (300 bytes) ⚠️ not here: the platform does not have it any more')
    })
  })
})

async function makeTalk(open: OpenTestDb, text = 'Is it red?', wrote = inPlace()) {
  const channel = fakeChat()
  const desk = await makeActingDesk(open, { channel })
  await desk.customerWrites(text, wrote)
  const asked = await desk.world.db.selectFrom('message').selectAll().executeTakeFirstOrThrow()
  const versionsOf = (id: string) =>
    desk.world.db.selectFrom('message_version').selectAll().where('message_id', '=', id).execute()
  let edits = 0
  return {
    desk: { ...desk, world: { ...desk.world, versionsOf } },
    asked,
    async edits(now: string) {
      edits += 1
      await desk.world.hears(edit(asked.external_id, now, { arrivedAt: asked.arrived_at + edits * MINUTE }))
      await desk.settle()
    },
    async replies(answer: string) {
      await desk.world.agentReplies(answer)
      await desk.settle()
    },
    press: (actionId: string, ts = desk.threadMessages()[0]?.ts ?? '') =>
      desk.slack.click(desk.maya, { channel: desk.channel, ts, actionId }),
  }
}
