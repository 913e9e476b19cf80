// All routes of REST v10 that the stand-in answers.
import { channelRoutes } from './channel-routes.ts'
import { commandRoutes } from './command-routes.ts'
import { guildRoutes } from './guild-routes.ts'
import { interactionRoutes } from './interaction-routes.ts'
import { linkRoutes } from './link-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { pinRoutes } from './pin-routes.ts'
import { reactionRoutes } from './reaction-routes.ts'
import type { Routes } from './route.ts'
import { threadRoutes } from './thread-routes.ts'
import { userRoutes } from './user-routes.ts'
import { webhookRoutes } from './webhook-routes.ts'

export const ROUTES: Routes = {
  ...userRoutes,
  ...guildRoutes,
  ...channelRoutes,
  ...messageRoutes,
  ...threadRoutes,
  ...pinRoutes,
  ...reactionRoutes,
  ...linkRoutes,
  ...commandRoutes,
  ...interactionRoutes,
  ...webhookRoutes,
}
