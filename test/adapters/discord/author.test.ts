import { expect, test } from 'vitest'
import { type Author, judgeAuthor, type People, type Setting } from '../../../adapters/discord/author.ts'

const PEOPLE: People = {
  agents: new Map([['1', 'U_ZOE']]),
  staffRoles: new Set(['staff']),
  helperRoles: new Set(['helper']),
  trustedBots: new Set(['50']),
}
const DM: Setting = { isPublic: false, isTop: false }
const TOP: Setting = { isPublic: true, isTop: true }
const OWN_THREAD: Setting = { isPublic: true, isTop: false, ownerId: '7' }
const OTHERS_THREAD: Setting = { isPublic: true, isTop: false, ownerId: '8' }
const NOBODYS_THREAD: Setting = { isPublic: true, isTop: false }

const person = (more: Partial<Author> = {}): Author => ({
  id: '7',
  isSelf: false,
  isMachine: false,
  roles: [],
  ...more,
})
const bot = (id: string) => person({ id, isMachine: true })
const agent = person({ id: '1' })
const staff = person({ roles: ['staff'] })
const helper = person({ roles: ['helper'] })

test.each([
  ['ourselves, though we are a bot', person({ isSelf: true, isMachine: true }), TOP, { who: 'ourselves' }],
  ['a bot in a channel', bot('60'), TOP, { who: 'ignored' }],
  ['a bot in somebody’s thread', bot('60'), OTHERS_THREAD, { who: 'ignored' }],
  ['a bot that is trusted', bot('50'), TOP, { who: 'customer' }],
  ['anybody in a direct message', person(), DM, { who: 'customer' }],
  ['a helper in a direct message has a question too', helper, DM, { who: 'customer' }],
  ['an agent in a direct message', agent, DM, { who: 'ignored' }],
  ['staff in a direct message', staff, DM, { who: 'ignored' }],
  ['anybody at the top of a channel', person(), TOP, { who: 'customer' }],
  ['a helper at the top of a channel', helper, TOP, { who: 'customer' }],
  ['an agent at the top of a channel', agent, TOP, { who: 'staff', agentId: 'U_ZOE' }],
  ['staff nobody knows by name', staff, TOP, { who: 'staff' }],
  ['whoever began the thread', person(), OWN_THREAD, { who: 'customer' }],
  ['a helper in their own thread', helper, OWN_THREAD, { who: 'customer' }],
  ['an agent in a customer’s thread', agent, OTHERS_THREAD, { who: 'staff', agentId: 'U_ZOE' }],
  [
    'an agent in their own thread is one of us all the same',
    person({ id: '1' }),
    { ...OWN_THREAD, ownerId: '1' },
    { who: 'staff', agentId: 'U_ZOE' },
  ],
  [
    'an agent with a helper’s role',
    person({ id: '1', roles: ['helper'] }),
    OTHERS_THREAD,
    { who: 'staff', agentId: 'U_ZOE' },
  ],
  ['staff who is a helper too', person({ roles: ['staff', 'helper'] }), OTHERS_THREAD, { who: 'staff' }],
  ['a helper in somebody’s thread', helper, OTHERS_THREAD, { who: 'bystander', as: 'helper' }],
  ['another person in somebody’s thread', person(), OTHERS_THREAD, { who: 'bystander', as: 'member' }],
  ['a trusted bot in somebody’s thread', bot('50'), OTHERS_THREAD, { who: 'bystander', as: 'member' }],
  ['anybody in a thread of which nobody knows whose it is', person(), NOBODYS_THREAD, { who: 'customer' }],
] as const)('Q12: %s', (_, author, setting, verdict) => {
  expect(judgeAuthor(author, setting, PEOPLE)).toMatchObject(verdict)
  if (verdict.who === 'staff' && !('agentId' in verdict)) expect(judgeAuthor(author, setting, PEOPLE)).toEqual(verdict)
})

test('Q12: staff are no customers anywhere', () => {
  for (const setting of [DM, TOP, OWN_THREAD, OTHERS_THREAD, NOBODYS_THREAD]) {
    for (const author of [agent, staff]) expect(judgeAuthor(author, setting, PEOPLE).who).not.toBe('customer')
  }
})
