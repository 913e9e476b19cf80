// The routes of commands: a bot registers what people may type or pick, for everyone or for one guild.
import { asJson } from '../slack/json.ts'
import { type Form, makeForm } from './form.ts'
import type { App, Command } from './records.ts'
import { refuse, refuseField } from './refusal.ts'
import type { Ask, Routes } from './route.ts'
import type { World } from './world.ts'

/** By type: typed, of a person, of a message. */
const COUNT_MAX: Record<number, number> = { 1: 100, 2: 15, 3: 15 }
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u
const OPTIONS_MAX = 25
/** More than all types together may have. */
const OVERWRITTEN_MAX = 200
const CHAT_INPUT = 1

const HANDLERS: Routes = {
  GET: { run: (world, ask) => listOf(world, ask).map(commandShape) },
  PUT: { run: overwrite },
  POST: {
    status: 201,
    run(world, ask) {
      const made = readCommand(world, makeForm(ask.body), appOf(ask), guildOf(world, ask))
      const old = listOf(world, ask).find(({ type, name }) => type === made.type && name === made.name)
      if (old) ask.app.commands.delete(old.id)
      judgeCounts([...listOf(world, ask), made])
      ask.app.commands.set(made.id, made)
      return commandShape(made)
    },
  },
}

const ONE: Routes = {
  GET: { run: (world, ask) => commandShape(commandOf(world, ask)) },
  PATCH: {
    run(world, ask) {
      const { id, body, guildId } = commandOf(world, ask)
      const made = { ...readCommand(world, makeForm({ ...body, ...ask.body }), ask.app, guildId), id }
      ask.app.commands.set(id, made)
      return commandShape(made)
    },
  },
  DELETE: { run: (world, ask) => void ask.app.commands.delete(commandOf(world, ask).id) },
}

const PLACES = ['/applications/:application/commands', '/applications/:application/guilds/:guild/commands']

export const commandRoutes: Routes = Object.fromEntries(
  PLACES.flatMap((place) => [
    ...Object.entries(HANDLERS).map(([method, route]) => [`${method} ${place}`, route] as const),
    ...Object.entries(ONE).map(([method, route]) => [`${method} ${place}/:command`, route] as const),
  ]),
)

function overwrite(world: World, ask: Ask): unknown {
  const app = appOf(ask)
  const guildId = guildOf(world, ask)
  const list = (ask.list ?? []).slice(0, OVERWRITTEN_MAX)
  const made = list.map((body, index) => readCommand(world, makeForm(asJson(body), String(index)), app, guildId))
  judgeCounts(made)
  const old = listOf(world, ask)
  for (const { id } of old) app.commands.delete(id)
  for (const command of made) {
    // A command that was there keeps its id.
    const same = old.find(({ type, name }) => type === command.type && name === command.name)
    const kept = { ...command, id: same?.id ?? command.id }
    app.commands.set(kept.id, kept)
  }
  return listOf(world, ask).map(commandShape)
}

function readCommand(world: World, form: Form, app: App, guildId: string | undefined): Command {
  const type = form.integer('type', { oneOf: [1, 2, 3] }) ?? CHAT_INPUT
  const name = form.text('name', { min: 1, max: 32, required: true }) ?? ''
  if (type === CHAT_INPUT) {
    if (name && (!NAME.test(name) || name.toLowerCase() !== name)) {
      form.fault('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
    }
    form.text('description', { min: 1, max: 100, required: true })
    for (const option of form.list('options', { max: OPTIONS_MAX }) ?? []) readOption(option)
  } else if (form.raw.description) {
    const message = 'Context menu commands cannot have description'
    form.fault('description', 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION', message)
  }
  form.check()
  const id = world.newId()
  return { id, guildId, type, name, version: id, body: { ...form.raw, application_id: app.id } }
}

function readOption(option: Form): void {
  const name = option.text('name', { min: 1, max: 32, required: true }) ?? ''
  if (name && !NAME.test(name)) option.fault('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
  option.text('description', { min: 1, max: 100, required: true })
  for (const choice of option.list('choices', { max: OPTIONS_MAX }) ?? []) {
    choice.text('name', { min: 1, max: 100, required: true })
  }
  for (const inner of option.list('options', { max: OPTIONS_MAX }) ?? []) readOption(inner)
}

function judgeCounts(commands: readonly Command[]): void {
  const names = new Set(commands.map(({ type, name }) => `${type} ${name}`))
  if (names.size < commands.length) {
    refuseField('', 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique')
  }
  for (const [type, max] of Object.entries(COUNT_MAX)) {
    if (commands.filter((command) => command.type === Number(type)).length <= max) continue
    refuseField('', 'APPLICATION_COMMANDS_LIMIT', `Maximum number of application commands reached (${max})`)
  }
}

function appOf({ app, params }: Ask): App {
  return params.application === app.id ? app : refuse(20012)
}

function guildOf(world: World, { app, params }: Ask): string | undefined {
  if (params.guild === undefined) return undefined
  return world.guilds.get(params.guild)?.members.has(app.id) ? params.guild : refuse(50001)
}

function listOf(world: World, ask: Ask): Command[] {
  const guildId = guildOf(world, ask)
  return [...appOf(ask).commands.values()].filter((command) => command.guildId === guildId)
}

function commandOf(world: World, ask: Ask): Command {
  return listOf(world, ask).find(({ id }) => id === ask.params.command) ?? refuse(10063)
}

function commandShape({ id, guildId, type, name, version, body }: Command) {
  return {
    description: '',
    default_member_permissions: null,
    dm_permission: true,
    nsfw: false,
    ...asJson(body),
    id,
    type,
    name,
    version,
    ...(guildId !== undefined && { guild_id: guildId }),
  }
}
