// The methods about the app itself: is the token good, who am I, where is my socket.
import { type Methods, refuse } from './answer.ts'
import { asText } from './json.ts'
import { renewTokens, TOKEN_LASTS_S } from './tokens.ts'

export const basicMethods: Methods = {
  'api.test': {
    tier: 'special',
    token: 'none',
    run: (_world, args) => {
      const error = asText(args.error)
      return error ? refuse(error, { args }) : { ok: true, args }
    },
  },
  'auth.test': {
    tier: 'special',
    token: 'any',
    run: ({ app, origin }) => ({
      ok: true,
      url: `${origin}/`,
      team: app.teamName,
      user: app.botName,
      team_id: app.teamId,
      user_id: app.botUserId,
      bot_id: app.botId,
      is_enterprise_install: false,
    }),
  },
  'oauth.v2.access': {
    tier: 4,
    token: 'none',
    required: ['client_id', 'client_secret'],
    run(world, args) {
      const { grant, app } = world
      if (args.client_id !== grant.clientId) return refuse('invalid_client_id')
      if (args.client_secret !== grant.clientSecret) return refuse('bad_client_secret')
      if (args.grant_type !== 'refresh_token') return refuse('invalid_grant_type')
      if (!renewTokens(world, args.refresh_token, world.newId('R'))) return refuse('invalid_refresh_token')
      return {
        ok: true,
        access_token: grant.botToken,
        refresh_token: grant.refreshToken,
        expires_in: TOKEN_LASTS_S,
        token_type: 'bot',
        scope: [...grant.scopes].join(','),
        bot_user_id: app.botUserId,
        app_id: app.appId,
        team: { id: app.teamId, name: app.teamName },
        enterprise: null,
        is_enterprise_install: false,
      }
    },
  },
  'apps.connections.open': {
    tier: 3,
    token: 'app',
    run: ({ socketUrl }) => ({ ok: true, url: socketUrl() }),
  },
  'team.info': {
    tier: 3,
    token: 'bot',
    scope: 'team:read',
    run: ({ app }, args) =>
      args.team && args.team !== app.teamId
        ? refuse('team_not_found')
        : { ok: true, team: { id: app.teamId, name: app.teamName, domain: app.teamDomain, email_domain: '' } },
  },
  'bots.info': {
    tier: 3,
    token: 'bot',
    scope: 'users:read',
    run: ({ app, workspace }, args) => {
      const id = asText(args.bot)
      const user = [...workspace.users.values()].find(({ botId }) => botId && botId === id)
      if (!user) return refuse('bot_not_found')
      const appId = user.id === app.botUserId ? app.appId : 'A0OTHERAPP'
      return { ok: true, bot: { id, deleted: false, name: user.name, updated: 0, app_id: appId, user_id: user.id } }
    },
  },
}
