import { expect, test } from 'vitest'
import { MANIFEST } from '../../src/desk/manifest.ts'

test('the Slack app asks for these permissions and no other; more needs a reason and a new installation', () => {
  expect(MANIFEST.oauth_config.scopes.bot).toEqual([
    'chat:write',
    'commands',
    'groups:read',
    'groups:history',
    'files:write',
    'files:read',
    'im:write',
    'im:history',
    'users:read',
    'users:read.email',
    'dnd:read',
    'usergroups:read',
  ])
})

test('the manifest keeps Slack’s limits, and works without a public address', () => {
  expect(MANIFEST.display_information.name.length).toBeLessThanOrEqual(35)
  expect(MANIFEST.display_information.description.length).toBeLessThanOrEqual(140)
  for (const command of MANIFEST.features.slash_commands) {
    expect(command.command).toMatch(/^\/[a-z]{1,31}$/)
    expect(command.description.length).toBeLessThanOrEqual(2000)
    expect(command.usage_hint.length).toBeLessThanOrEqual(1000)
  }
  for (const shortcut of MANIFEST.features.shortcuts) expect(shortcut.description.length).toBeLessThanOrEqual(150)
  expect(MANIFEST.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } })
  expect(MANIFEST.features.app_home.home_tab_enabled).toBe(true)
})
