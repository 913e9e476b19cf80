import { describe, expect, test } from 'vitest'
import { type Absence, type Reached, resolveAddressees, type Standing } from '../../src/desk/addressee.ts'
import type { Addressee } from '../../src/step.ts'

const ASSIGNEE: Addressee = { kind: 'assignee' }
const BACKUP: Addressee = { kind: 'backup' }
const LEADS: Addressee = { kind: 'leads' }
const DESK: Addressee = { kind: 'desk' }
const EVE: Addressee = { kind: 'person', id: 'U_EVE' }
const NIGHT: Addressee = { kind: 'group', id: 'S_NIGHT' }

interface Scene {
  owner?: string
  absent?: Record<string, Absence>
  backup?: string[]
  members?: string[]
}

async function reached(to: Addressee[], { owner, absent = {}, backup = ['U_BOB'], members = [] }: Scene) {
  const standing: Standing = {
    ownerId: owner,
    backup,
    leads: ['U_LEAD', 'U_CHIEF'],
    channel: 'C_DESK',
    // Who left the desk is absent as an owner only.
    absenceOf: async (id, isOwner) => (absent[id] === 'left the desk' && !isOwner ? undefined : absent[id]),
    membersOf: async () => members,
  }
  return await resolveAddressees(to, standing)
}

const namesOf = (list: Reached[]) => list.map(({ to }) => to)

describe('P2: whoever is absent is replaced by the next one at that same moment', () => {
  test.each<[string, Addressee[], Scene, string[]]>([
    ['the owner is there', [ASSIGNEE], { owner: 'U_ANN' }, ['U_ANN']],
    ['nobody has it: the backup', [ASSIGNEE], {}, ['U_BOB']],
    ['the owner is away: the backup', [ASSIGNEE], { owner: 'U_ANN', absent: { U_ANN: 'away' } }, ['U_BOB']],
    ['the owner was deactivated', [ASSIGNEE], { owner: 'U_ANN', absent: { U_ANN: 'deactivated' } }, ['U_BOB']],
    ['the owner left the desk', [ASSIGNEE], { owner: 'U_ANN', absent: { U_ANN: 'left the desk' } }, ['U_BOB']],
    [
      'the owner does not want to be disturbed',
      [ASSIGNEE],
      { owner: 'U_ANN', absent: { U_ANN: 'do not disturb' } },
      ['U_BOB'],
    ],
    [
      'the first backup is away: the second',
      [ASSIGNEE],
      { backup: ['U_BOB', 'U_CAT'], absent: { U_BOB: 'away' } },
      ['U_CAT'],
    ],
    ['no backup is there: the leads', [ASSIGNEE], { absent: { U_BOB: 'away' } }, ['U_LEAD', 'U_CHIEF']],
    ['no backup is named: the leads', [ASSIGNEE], { backup: [] }, ['U_LEAD', 'U_CHIEF']],
    [
      'a lead who left the desk’s channel leads still',
      [LEADS],
      { absent: { U_LEAD: 'left the desk' } },
      ['U_LEAD', 'U_CHIEF'],
    ],
    ['one lead is away: the other', [LEADS], { absent: { U_LEAD: 'away' } }, ['U_CHIEF']],
    ['all leads are away: the desk', [LEADS], { absent: { U_LEAD: 'away', U_CHIEF: 'away' } }, ['C_DESK']],
    ['every backup that is there', [BACKUP], { backup: ['U_BOB', 'U_CAT'] }, ['U_BOB', 'U_CAT']],
    ['a person who is away: the leads', [EVE], { absent: { U_EVE: 'away' } }, ['U_LEAD', 'U_CHIEF']],
    ['the members of a group who are there', [NIGHT], { members: ['U_M', 'U_N'], absent: { U_M: 'away' } }, ['U_N']],
    ['a group that cannot be read: the leads', [NIGHT], {}, ['U_LEAD', 'U_CHIEF']],
    ['several, each once', [ASSIGNEE, BACKUP, LEADS, DESK], {}, ['U_BOB', 'U_LEAD', 'U_CHIEF', 'C_DESK']],
  ])('%s', async (_, to, scene, expected) => {
    expect(namesOf(await reached(to, scene))).toEqual(expected)
  })

  test('who stands in is told for whom, and why', async () => {
    const [standIn] = await reached([ASSIGNEE], { owner: 'U_ANN', absent: { U_ANN: 'away' } })
    expect(standIn).toEqual({ to: 'U_BOB', insteadOf: 'U_ANN', because: 'away' })
  })

  test('P1: whoever is absent, somebody is reached', async () => {
    const everybody = ['U_ANN', 'U_BOB', 'U_LEAD', 'U_CHIEF', 'U_EVE', 'U_M']
    const absent = Object.fromEntries(everybody.map((id) => [id, 'away' as const]))
    for (const addressee of [ASSIGNEE, BACKUP, LEADS, DESK, EVE, NIGHT]) {
      const found = await reached([addressee], { owner: 'U_ANN', absent, members: ['U_M'] })
      expect(namesOf(found), addressee.kind).toEqual(['C_DESK'])
    }
  })
})
