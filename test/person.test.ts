import { describe, expect, test } from 'vitest'
import { DAY } from '../src/clock.ts'
import { findSameWords, isReturning } from '../src/letter-use.ts'
import { makeCode } from '../src/link-code.ts'
import { linkPeople, listLinks, unlinkPeople } from '../src/person.ts'
import { checkWindows } from '../src/rebuild.ts'
import { listSamePerson } from '../src/same-person.ts'
import { listHistory } from '../src/search.ts'
import { setTier } from '../src/tier.ts'
import { BEN, inPlace, makeChat } from './setup/chat.ts'
import { eachDatabase, type OpenTestDb } from './setup/database.ts'
import { DESK } from './setup/world.ts'

const EVE = { address: 'eve', name: 'Eve' }

eachDatabase((open) => {
  describe('a person on several channels', () => {
    test('Q16: is one when a named agent says so, and no more when they take it back; all of it is on record', async () => {
      const { chat, people, link, part } = await makePeople(open)
      const [ada, ben] = people
      const id = await link(ada, ben)
      expect(await listSamePerson(chat.db, ben)).toEqual([ada, ben])
      expect(await listLinks(chat.db, ben)).toMatchObject([{ id, how: 'agent', agent_id: 'U1', undone_at: null }])
      expect(await part(id, 'U2')).toBe(true)
      expect(await part(id, 'U2')).toBe(false)
      expect(await listSamePerson(chat.db, ben)).toEqual([ben])
      expect(await listLinks(chat.db, ada)).toEqual([])
      const [row] = await chat.db.selectFrom('contact_link').selectAll().execute()
      expect(row).toMatchObject({ undone_by: 'U2' })
      expect((await chat.facts('people-linked')).map(({ actor }) => actor)).toEqual(['U1'])
      expect((await chat.facts('people-unlinked')).map(({ actor }) => actor)).toEqual(['U2'])
    })

    test('Q16: of three, parting the first two leaves the third where they are', async () => {
      const { chat, people, link, part } = await makePeople(open)
      const [ada, ben, eve] = people
      const first = await link(ada, ben)
      const second = await link(eve, ada)
      expect(await listSamePerson(chat.db, ada)).toEqual([ada, ben, eve])
      expect(await link(ben, eve)).toBeUndefined()
      await part(first, 'U1')
      expect(await listSamePerson(chat.db, ada)).toEqual([ada, eve])
      expect(await listSamePerson(chat.db, ben)).toEqual([ben])
      await part(second, 'U1')
      expect([await listSamePerson(chat.db, ada), await listSamePerson(chat.db, eve)]).toEqual([[ada], [eve]])
    })

    test('Q16: no clock knows of it, whatever their tiers are', async () => {
      const { chat, people, link, part } = await makePeople(open)
      const [ada, ben] = people
      const windows = () => chat.db.selectFrom('response_window').selectAll().orderBy('id').execute()
      await chat.db.transaction((trx) => setTier(trx, ada, 'vip', { agentId: 'U1', policies: chat.policies }))
      const before = await windows()
      const id = await link(ada, ben)
      expect(await windows()).toEqual(before)
      await chat.customerWrites('And?', { ...inPlace('ben'), from: BEN })
      await part(id, 'U1')
      expect(await windows()).toEqual(before)
      expect((await checkWindows(chat.db)).differences).toEqual([])
    })

    test('Q16: what was said to one of them was said to the person: the same words, an earlier answer, their history', async () => {
      const { chat, people, link, part } = await makePeople(open)
      const [ada, ben] = people
      const [first, second] = await chat.db.selectFrom('conversation').select('id').orderBy('id').execute()
      const words = 'Thank you for your patience: it left the house today and is with you tomorrow.'
      await chat.agentReplies(words, { conversation: first?.id ?? '' })
      const history = () =>
        listHistory(chat.db, { address: 'ben', desks: [DESK], skip: 0, limit: 9 }).then((found) =>
          found?.conversations.map(({ conversationId }) => conversationId),
        )
      const known = async () => [
        (await findSameWords(chat.db, ben, words)) !== undefined,
        await isReturning(chat.db, ben, second?.id ?? ''),
        (await history())?.length,
      ]
      expect(await known()).toEqual([false, false, 1])
      const id = await link(ada, ben)
      expect(await known()).toEqual([true, true, 2])
      await part(id, 'U1')
      expect(await known()).toEqual([false, false, 1])
    })

    test('Q16: the same name alone makes nobody the same person', async () => {
      const chat = await makeChat(open)
      await chat.customerWrites('Hello', { ...inPlace('a'), from: { address: 'one', name: 'Ada Lovelace' } })
      await chat.customerWrites('Hello', { ...inPlace('b'), from: { address: 'two', name: 'Ada Lovelace' } })
      const [one] = await chat.db.selectFrom('contact').selectAll().orderBy('id').execute()
      expect(await listSamePerson(chat.db, one?.id ?? '')).toEqual([one?.id])
    })
  })

  describe('a code', () => {
    test('Q16: sent from the other channel proves it, once', async () => {
      const { chat, people, code, say } = await makePeople(open)
      const [ada, ben, eve] = people
      const sent = await say(BEN, `It is ${(await code(ada)).toUpperCase()}.`)
      expect(await listSamePerson(chat.db, ada)).toEqual([ada, ben])
      const [link] = await listLinks(chat.db, ada)
      expect(link).toMatchObject({ how: 'code', agent_id: 'U1', message_id: sent.id })
      await say(EVE, 'I have db-0000-0000')
      expect(await listSamePerson(chat.db, eve)).toEqual([eve])
    })

    test('Q16: said where it was given proves nothing, and it is good still', async () => {
      const { chat, people, code, say } = await makePeople(open)
      const [ada, ben] = people
      const given = await code(ada)
      await chat.customerWrites(`You mean ${given}?`, inPlace('ada'))
      expect(await listLinks(chat.db, ada)).toEqual([])
      await say(BEN, given)
      expect(await listSamePerson(chat.db, ben)).toEqual([ada, ben])
    })

    test('Q16: used, late, or from somebody whom nothing vouches for, it proves nothing', async () => {
      const { chat, people, code, say } = await makePeople(open)
      const [ada, ben, eve] = people
      const used = await code(ada)
      await say(BEN, used)
      await say(EVE, used)
      await say(EVE, await code(ada), 'none')
      const old = await code(ada)
      await chat.clock.advance(DAY + 1)
      await say(EVE, old)
      expect(await listSamePerson(chat.db, eve)).toEqual([eve])
      expect(await listSamePerson(chat.db, ben)).toEqual([ada, ben])
    })
  })
})

async function makePeople(open: OpenTestDb) {
  const chat = await makeChat(open)
  await chat.customerWrites('Is it red?', inPlace('ada'))
  const { id: conversationId } = await chat.conversation()
  await chat.customerWrites('Is it blue?', { ...inPlace('ben'), from: BEN })
  await chat.customerWrites('Is it grey?', { ...inPlace('eve'), from: EVE })
  const contacts = await chat.db.selectFrom('contact').select('id').orderBy('id').execute()
  const people = contacts.map(({ id }) => id) as [string, string, string]
  return {
    chat,
    people,
    link: (contactId: string, otherId: string) => {
      const by = { how: 'agent' as const, agentId: 'U1' }
      return chat.db.transaction((trx) =>
        linkPeople(trx, { contactId, otherId, by, conversationId, policies: chat.policies }),
      )
    },
    part: (link: string | undefined, agentId: string) =>
      chat.db.transaction((trx) => unlinkPeople(trx, link ?? '', { agentId, policies: chat.policies })),
    code: (contactId: string) =>
      chat.db.transaction((trx) => makeCode(trx, { contactId, conversationId, agentId: 'U1' })),
    say: (from: typeof BEN, text: string, sender: 'pass' | 'none' = 'pass') =>
      chat.customerWrites(text, { ...inPlace(from.address), from, sender }),
  }
}
