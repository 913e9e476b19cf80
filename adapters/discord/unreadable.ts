// The support channels that the bot is not allowed to read, in a sentence for whoever runs the program.
import type { DiscordConfig } from './discord-config.ts'

export function unreadableProblem({ channels }: DiscordConfig, unreadable: ReadonlySet<string>): string | undefined {
  const hidden = channels.filter(({ id }) => unreadable.has(id)).map(({ id }) => id)
  if (hidden.length === 0) return undefined
  return `discord: the bot may not read channel ${hidden.join(', ')}; give it "View Channel" and "Read Message History" there, or correct the id`
}
