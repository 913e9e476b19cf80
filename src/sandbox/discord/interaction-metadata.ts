// How a message says which interaction it answers, and what that one came from.
import { INTERACTION, type Interaction } from './interaction.ts'
import { userShape } from './shape-user.ts'
import type { World } from './world.ts'

export function metadataShape(world: World, interaction: Interaction): object {
  const { id, type, userId, guildId, messageId, openedBy } = interaction
  const user = world.users.get(userId)
  const opener = world.interactions.get(openedBy ?? '')
  return {
    id,
    type,
    ...(user && { user: userShape(user) }),
    authorizing_integration_owners: { '0': guildId ?? '0' },
    ...(type === INTERACTION.component && messageId !== undefined && { interacted_message_id: messageId }),
    ...(opener && { triggering_interaction_metadata: metadataShape(world, opener) }),
  }
}
