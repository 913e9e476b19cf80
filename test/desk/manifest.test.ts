import { describe, expect, test } from 'vitest'
import { MANIFEST, withRequests } from '../../src/desk/manifest.ts'
import { type CustomersUse, customersOnly, withCustomers } from '../../src/desk/manifest-customers.ts'

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
    'reactions:read',
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

test('where Slack comes to us, everything it sends goes to one address, and there are no sockets', () => {
  const url = 'https://desk.example.com/slack'
  const { features, settings } = withRequests(MANIFEST, url)
  expect(features.slash_commands.map((command) => 'url' in command && command.url)).toEqual([url])
  expect(settings).toMatchObject({
    socket_mode_enabled: false,
    event_subscriptions: { request_url: url, bot_events: MANIFEST.settings.event_subscriptions.bot_events },
    interactivity: { is_enabled: true, request_url: url, message_menu_options_url: url },
  })
})

describe('with customers in Slack', () => {
  const none = { channels: false, direct: false, manual: false }

  test('without any the app asks for nothing more', () => {
    expect(withCustomers(MANIFEST, none)).toEqual(MANIFEST)
  })

  test('channels, direct messages and the marking of conversations each ask for what they need and no more', () => {
    const added = (use: CustomersUse) => {
      const { oauth_config, settings } = withCustomers(MANIFEST, use)
      const isNew = (old: readonly string[]) => (each: string) => !old.includes(each)
      const scopes = oauth_config.scopes.bot.filter(isNew(MANIFEST.oauth_config.scopes.bot))
      const events = settings.event_subscriptions.bot_events
      return { scopes, events: events.filter(isNew(MANIFEST.settings.event_subscriptions.bot_events)) }
    }
    expect(added({ ...none, channels: true }).scopes).toEqual([
      'chat:write.customize',
      'channels:read',
      'channels:history',
    ])
    expect(added({ ...none, channels: true }).events).toContain('message.channels')
    expect(added({ ...none, channels: true }).events).not.toContain('message.im')
    expect(added({ ...none, direct: true })).toEqual({
      scopes: ['chat:write.customize', 'im:read'],
      events: ['message.im'],
    })
    const alone = (manual: boolean) =>
      customersOnly(MANIFEST, { ...none, channels: true, manual }).settings.event_subscriptions.bot_events
    expect([alone(false), alone(true)].map((events) => events.includes('reaction_added'))).toEqual([false, true])
  })

  test('people can write to the app only where its direct messages are customers’', () => {
    const isReadOnly = (use: CustomersUse) =>
      withCustomers(MANIFEST, use).features.app_home.messages_tab_read_only_enabled
    expect([isReadOnly({ ...none, channels: true }), isReadOnly({ ...none, direct: true })]).toEqual([true, false])
  })

  test('an app for customers alone has no commands and no buttons', () => {
    const only = customersOnly(MANIFEST, { channels: true, direct: true, manual: true })
    expect(only.features).not.toHaveProperty('slash_commands')
    expect(only.oauth_config.scopes.bot).not.toContain('commands')
    expect(only.oauth_config.scopes.bot).toContain('chat:write')
    expect(only.settings.interactivity.is_enabled).toBe(false)
    expect(only.settings.socket_mode_enabled).toBe(true)
    const url = 'https://desk.example.com/slack/shop'
    const { settings } = customersOnly(MANIFEST, { channels: true, direct: true, manual: true }, url)
    expect(settings).toMatchObject({ socket_mode_enabled: false, event_subscriptions: { request_url: url } })
    expect(settings.event_subscriptions.bot_events).toContain('app_uninstalled')
  })
})
