// The secrets of one Slack app, the desk's or one that customers have for themselves: the same ones, under names of their own.
import type { SlackApp } from '../config.ts'
import type { Fault } from './fault.ts'

export interface AppVariables {
  bot: string
  app: string
  signing: string
  refresh: string
  clientId: string
  clientSecret: string
}

export const DESK_APP: AppVariables = appVariables('SLACK')

/** `eu-shop` has `DESKBELL_SLACK_EU_SHOP_BOT_TOKEN`. */
export function customersApp(name: string): AppVariables {
  return appVariables(`DESKBELL_SLACK_${name.toUpperCase().replaceAll('-', '_')}`)
}

function appVariables(prefix: string): AppVariables {
  return {
    bot: `${prefix}_BOT_TOKEN`,
    app: `${prefix}_APP_TOKEN`,
    signing: `${prefix}_SIGNING_SECRET`,
    refresh: `${prefix}_REFRESH_TOKEN`,
    clientId: `${prefix}_CLIENT_ID`,
    clientSecret: `${prefix}_CLIENT_SECRET`,
  }
}

export function listVariables(app: AppVariables): string[] {
  return [app.bot, app.app, app.signing, app.refresh, app.clientId, app.clientSecret]
}

/** With the signing secret where Slack comes to us, else with the app token. */
export interface AppSecrets {
  botToken: string
  appToken?: string
  signingSecret?: string
  tokenFiles?: NonNullable<SlackApp['tokenFiles']>
  rotation?: NonNullable<SlackApp['rotation']>
}

interface Asked {
  isHttp: boolean
  /** Else nothing is missing where nothing is set: without Slack the program takes in mail, and its health says that nobody sees it. */
  isNeeded: boolean
}

type Read = (variable: string) => string | undefined

export function readApp(
  read: Read,
  app: AppVariables,
  { isHttp, isNeeded }: Asked,
): { value?: AppSecrets; faults: Fault[] } {
  const botToken = read(app.bot)
  const [appToken, signingSecret] = isHttp ? [undefined, read(app.signing)] : [read(app.app), undefined]
  const other = isHttp ? signingSecret : appToken
  const rotation = readRotation(read, app)
  if (!botToken && !other && !isNeeded) return { faults: rotation.faults }
  const faults = [
    ...tokenFaults(app.bot, botToken, 'xoxb-', BOT_TOKEN),
    ...(isHttp ? signingFaults(app.signing, signingSecret) : tokenFaults(app.app, appToken, 'xapp-', APP_TOKEN)),
    ...rotation.faults,
  ]
  if (!botToken || !other) return { faults }
  const way = isHttp ? { signingSecret: other } : { appToken: other }
  return { value: { botToken, ...way, ...tokenFiles(read, app), ...rotation.value }, faults }
}

/** Slack's have 32 characters. */
const SIGNING_LENGTH_MIN = 16

function signingFaults(key: string, secret: string | undefined): Fault[] {
  if (secret !== undefined && secret.length >= SIGNING_LENGTH_MIN) return []
  const problem = secret === undefined ? 'is not set' : 'is too short'
  return [{ key, problem, fix: 'Set it to the Signing Secret of the Slack app, from "Basic Information".' }]
}

/** All three, or none. */
function readRotation(
  read: Read,
  app: AppVariables,
): { value?: { rotation: NonNullable<SlackApp['rotation']> }; faults: Fault[] } {
  const [refreshToken, clientId, clientSecret] = [read(app.refresh), read(app.clientId), read(app.clientSecret)]
  if (refreshToken === undefined) return { faults: [] } // What else is set may be another program's.
  if (clientId !== undefined && clientSecret !== undefined) {
    return { value: { rotation: { refreshToken, clientId, clientSecret } }, faults: [] }
  }
  const key = clientId === undefined ? app.clientId : app.clientSecret
  const fix = `Set it to that of the Slack app, from "Basic Information", or unset ${app.refresh}.`
  return { faults: [{ key, problem: 'is not set', fix }] }
}

function tokenFiles(read: Read, app: AppVariables): { tokenFiles?: NonNullable<SlackApp['tokenFiles']> } {
  const [bot, ofApp, refresh] = [read(`${app.bot}_FILE`), read(`${app.app}_FILE`), read(`${app.refresh}_FILE`)]
  if (!bot && !ofApp && !refresh) return {}
  return { tokenFiles: { ...(bot && { bot }), ...(ofApp && { app: ofApp }), ...(refresh && { refresh }) } }
}

const BOT_TOKEN = 'the Bot User OAuth Token, from "OAuth & Permissions"'
const APP_TOKEN = 'an app-level token with connections:write, from "Basic Information"'

export function botTokenFaults(key: string, token: string | undefined): Fault[] {
  return tokenFaults(key, token, 'xoxb-', BOT_TOKEN)
}

function tokenFaults(key: string, token: string | undefined, prefix: string, what: string): Fault[] {
  const fix = `Set it to ${what} of the Slack app; it starts with ${prefix}.`
  if (!token) return [{ key, problem: 'is not set', fix }]
  // One that is renewed has another prefix before it.
  if (!token.replace(/^xoxe\./, '').startsWith(prefix)) return [{ key, problem: `does not start with ${prefix}`, fix }]
  return /^[\w.-]+$/.test(token) ? [] : [{ key, problem: 'has characters that no token has', fix }]
}
