import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listSecrets } from '../../src/config/secret.ts'
import { configOf, ENV, expectFault, faultsOf, YAML } from './reading.ts'

const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0'
const WITH_TOKEN = { ...ENV, DISCORD_BOT_TOKEN: TOKEN }
const ID = '123456789012345678'
const OTHER = '123456789012345679'

const withDiscord = (lines: string) => `${YAML}\ndiscord:\n${lines.replace(/^/gm, '  ')}\n`

test('a short section has the defaults, and its secret comes from the environment', () => {
  const config = configOf(withDiscord(`channels: [{ id: '${ID}' }]\nagents: { U0123ABCDEF: '${OTHER}' }`), WITH_TOKEN)
  expect(config.discord).toEqual({
    token: TOKEN,
    apiUrl: 'https://discord.com/api',
    desk: 'support',
    directMessages: true,
    channels: [{ id: ID, take: 'every', thread: 'reply' }],
    forums: [],
    deskOf: {},
    tagPriorities: {},
    agents: { U0123ABCDEF: OTHER },
    staffRoles: [],
    helperRoles: [],
    trustedBots: [],
  })
  expect(listSecrets(config)).toContain(TOKEN)
})

test('without a section there is no channel, whatever the environment holds', () => {
  expect(configOf(YAML, WITH_TOKEN).discord).toBeUndefined()
})

test.each([
  ['discord.channels.0.id', `channels: [{ id: ${ID} }]`, /not in quotes/, /in quotes/],
  ['discord.tag_priorities.Urgent', 'tag_priorities: { Urgent: very }', /neither high nor low/, /high or low/],
  ['discord.forums.0', "forums: ['help']", /no id of Discord|not an id/, /Copy ID/],
  ['discord.channels.0.take', `channels: [{ id: '${ID}', take: some }]`, /none of the words/, /every or mention/],
  ['discord.channels', `channels: [{ id: '${ID}' }]\nforums: ['${ID}']`, /twice/, /Keep it once/],
  ['discord.requests', `requests: '${ID}'\nforums: ['${ID}']`, /is a forum/, /text channel/],
  ['discord', 'direct_messages: false', /no place where customers write/, /List channels/],
  ['discord.desk', 'desk: sport', /names no desk/, /support/],
  [`discord.desk_of.${ID}`, `forums: ['${ID}']\ndesk_of: { '${ID}': sport }`, /names no desk/, /support/],
  [`discord.desk_of.${OTHER}`, `desk_of: { '${OTHER}': support }`, /no place where customers write/, /List it/],
  ['discord.desk_of.help', 'desk_of: { help: support }', /not an id|no id/, /Copy ID|id of a channel/],
  ['discord.agents.anna', `agents: { anna: '${ID}' }`, /not a Slack user id/, /Slack id/],
  ['discord.api_url', 'api_url: http://discord.test', /not encrypted/, /https/],
  ['discord.token', `token: ${TOKEN}`, /is a secret/, /DISCORD_BOT_TOKEN/],
  ['discord.signature', `signature: ${TOKEN}`, /is a secret/, /DISCORD_BOT_TOKEN/],
])('%s: what is wrong is said with its fix', (key, lines, problem, fix) => {
  const faults = faultsOf(withDiscord(lines), WITH_TOKEN).filter(
    (fault) => key !== 'discord.token' || fault.key === key,
  )
  expectFault(faults, key, problem, fix)
})

test('a missing token is named, and so is one with something else in it', () => {
  expectFault(faultsOf(withDiscord('direct_messages: true')), 'DISCORD_BOT_TOKEN', /not set/, /developer portal/)
  const spoilt = { ...ENV, DISCORD_BOT_TOKEN: 'Bot abc' }
  expectFault(faultsOf(withDiscord('direct_messages: true'), spoilt), 'DISCORD_BOT_TOKEN', /characters/, /token/)
})

test('what the example shows of Discord is valid', async () => {
  const text = await readFile(join(import.meta.dirname, '../../deskbell.example.yaml'), 'utf8')
  const [, section = ''] = /\n(# discord:\n(?:# {2,}.*\n)+)/.exec(text) ?? []
  expect(section).not.toBe('')
  const shown = section.replace(/^# /gm, '').replace(/^( *)# ((?:requests|fallback|signature):)/gm, '$1$2')
  const config = configOf(`${YAML}\n${shown}`, WITH_TOKEN)
  expect(config.discord).toMatchObject({ requests: ID, fallback: ID, signature: '{agent}, Example Support' })
})
