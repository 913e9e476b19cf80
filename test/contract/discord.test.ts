import { channelContract } from './channel-contract.ts'
import { discordHarness } from './discord-harness.ts'

channelContract('discord, in a channel', () => discordHarness('channel'))
channelContract('discord, in a post', () => discordHarness('post'))
