// The routes about people and about the bot itself, and the door to a direct message.
import { directChannel, findDirect } from './channel.ts'
import { makeForm } from './form.ts'
import { gatewayUrl, portalFlags } from './identify.ts'
import type { App } from './records.ts'
import { refuse } from './refusal.ts'
import type { Routes } from './route.ts'
import { channelShape } from './shape-channel.ts'
import { selfShape, userShape } from './shape-user.ts'
import type { World } from './world.ts'

export const userRoutes: Routes = {
  'GET /gateway': { auth: 'none', run: (world) => ({ url: gatewayUrl(world) }) },
  'GET /gateway/bot': {
    run: (world, { app }) => ({
      url: gatewayUrl(world),
      shards: app.shards,
      session_start_limit: {
        total: app.identifies.total,
        remaining: Math.max(0, app.identifies.left),
        reset_after: Math.max(0, app.identifies.resetAt - world.clock.now()),
        max_concurrency: app.maxConcurrency,
      },
    }),
  },
  'GET /users/@me': { run: (world, { app }) => selfShape(world.users.get(app.id) ?? refuse(10013)) },
  'GET /users/:user': { run: (world, { params }) => userShape(world.users.get(params.user ?? '') ?? refuse(10013)) },
  'GET /users/@me/guilds': {
    run: (world, { app }) =>
      [...world.guilds.values()]
        .filter(({ members }) => members.has(app.id))
        .map(({ id, name }) => ({ id, name, icon: null, banner: null, owner: false, permissions: '0', features: [] })),
  },
  'POST /users/@me/channels': {
    run(world, { app, body }) {
      const form = makeForm(body)
      const userId = form.id('recipient_id', { required: true }) ?? ''
      form.check()
      const user = world.users.get(userId) ?? refuse(50033)
      // The door opens for everybody but bots; whether somebody takes what is put through it is seen when sending.
      if (user.isBot) refuse(50007)
      const isNew = !findDirect(world, app.id, user.id)
      if (isNew && world.settings.limits === 'enforce' && !world.limits.allows('open-dm', app.id)) refuse(40003)
      return channelShape(world, directChannel(world, app.id, user.id), app.id)
    },
  },
  'GET /applications/@me': { run: (world, { app }) => applicationShape(world, app) },
  'GET /oauth2/applications/@me': { run: (world, { app }) => applicationShape(world, app) },
}

function applicationShape(world: World, app: App) {
  const bot = world.users.get(app.id)
  return {
    id: app.id,
    name: app.name,
    icon: null,
    description: '',
    summary: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    type: null,
    flags: portalFlags(app),
    flags_new: String(portalFlags(app)),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    approximate_guild_count: [...world.guilds.values()].filter(({ members }) => members.has(app.id)).length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    eligible_oauth2_scopes: [],
    team: null,
    ...(bot && { bot: userShape(bot), owner: userShape(bot) }),
  }
}
