// The app's installation: its identity, tokens and scopes, and what happens when the token is withdrawn or renewed.
import { makeUser } from './administration.ts'
import { eventTs } from './conversations.ts'
import { emit, SUBSCRIPTIONS } from './events.ts'
import { replaceTokens } from './tokens.ts'
import type { AppIdentity, Grant, World } from './world.ts'

/** What Deskbell's manifest asks for. `channels:join` and `chat:write.public` are left out on purpose. */
const SCOPES = [
  'app_mentions:read',
  'channels:history',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'commands',
  'dnd:read',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'usergroups:read',
  'users:read',
  'users:read.email',
]

export interface Installation {
  /** The bot token is withdrawn; the app hears of it if it is connected. */
  revokeToken(): void
  /** What Slack signs its requests with from now on. */
  secret(signingSecret: string): void
  /** The app is removed from the workspace, with all its tokens; it hears of it if it is connected. */
  uninstall(): void
  /** Installs the app anew, with these scopes if given. The old bot token is no good any more; returns the new one. */
  installBot(scopes?: readonly string[]): string
  /** The same after it was removed, as another bot; people have invited that one in the place of the other. */
  reinstall(): string
}

/** The app is removed and installed again: another bot, to which nothing belongs that the one before wrote, nor who wrote to it. */
function replaceBot(world: World): void {
  const { app, workspace } = world
  const before = app.botUserId
  const bot = makeUser(world, { name: app.botName, isBot: true })
  Object.assign(app, { botUserId: bot.id, botId: world.newId('B') })
  workspace.users.set(bot.id, { ...bot, botId: app.botId })
  for (const { kind, members } of workspace.channels.values()) {
    if (kind !== 'im' && members.delete(before)) members.add(bot.id)
  }
}

export function makeIdentity(newId: (prefix: string) => string, botName: string): AppIdentity {
  return {
    teamId: newId('T'),
    teamName: 'Sandbox',
    teamDomain: 'sandbox',
    appId: newId('A'),
    botUserId: newId('U'),
    botId: newId('B'),
    botName,
  }
}

export function makeGrant(options: {
  scopes?: readonly string[] | undefined
  events?: readonly string[] | undefined
}): Grant {
  return {
    botToken: 'xoxb-sandbox-1',
    appToken: 'xapp-1-sandbox',
    signingSecret: 'sandbox-signing-secret',
    clientId: '1.2',
    clientSecret: 'sandbox-client-secret',
    refreshToken: 'xoxe-1-sandbox',
    active: new Map([['xoxb-sandbox-1', Number.POSITIVE_INFINITY]]),
    refreshTokens: new Map([['xoxe-1-sandbox', Number.POSITIVE_INFINITY]]),
    revoked: new Set(),
    isInstalled: true,
    scopes: new Set(options.scopes ?? SCOPES),
    events: new Set(options.events ?? Object.keys(SUBSCRIPTIONS)),
  }
}

export function makeInstallation(world: World): Installation {
  let installed = 1
  const install = (): string => {
    installed += 1
    world.grant.isInstalled = true
    replaceTokens(world, `xoxb-sandbox-${installed}`, `xoxe-1-sandbox-${installed}`)
    world.changed()
    return world.grant.botToken
  }
  return {
    revokeToken() {
      for (const token of world.grant.active.keys()) world.grant.revoked.add(token)
      const tokens = { oauth: [], bot: [world.app.botUserId] }
      emit(world, { type: 'tokens_revoked', tokens, event_ts: eventTs(world) }, { on: 'tokens_revoked' })
      world.changed()
    },
    secret(signingSecret) {
      world.grant.signingSecret = signingSecret
    },
    uninstall() {
      emit(world, { type: 'app_uninstalled', event_ts: eventTs(world) }, { on: 'app_uninstalled' })
      for (const token of world.grant.active.keys()) world.grant.revoked.add(token)
      world.grant.refreshTokens.clear()
      world.grant.isInstalled = false
      world.changed()
    },
    installBot(scopes) {
      if (scopes) world.grant.scopes = new Set(scopes)
      return install()
    },
    reinstall() {
      replaceBot(world)
      return install()
    },
  }
}
