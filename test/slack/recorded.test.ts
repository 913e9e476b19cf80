// Payloads as Slack's documentation and recordings have them, whole and with everything left out or null that may be: nothing throws, and each means what it says.
import { readFileSync } from 'node:fs'
import type { BlockAction, MessageShortcut, ViewSubmitAction } from '@slack/bolt'
import { describe, expect, test } from 'vitest'
import { clickOf, shortcutOf, submissionOf } from '../../src/desk/interaction.ts'
import { parseSlackEvent } from '../../src/slack/event.ts'
import { isOwnEcho } from '../../src/slack/own-echo.ts'
import { parseRequest } from '../../src/slack/request.ts'
import { makeTestDesk } from '../desk/desk.ts'
import { eachDatabase } from '../setup/database.ts'

type Body = Record<string, unknown>

interface Recorded {
  name: string
  kind?: string
  expect: Record<string, unknown>
  body: Body
}

const read = (name: string): Recorded[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/slack/${name}.json`, import.meta.url), 'utf8'))
const EVENTS = read('events')
const INTERACTIONS = read('interactions')
const COMMANDS = read('commands')
const form = (fields: Body) => new URLSearchParams(fields as Record<string, string>).toString()
const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body))

/** The body once for each of its fields, without it and with null in its place. */
function* damaged(body: Body, isNeeded: (path: string) => boolean): Generator<{ path: string; body: Body }> {
  const paths: string[][] = []
  const walk = (value: unknown, path: string[]) => {
    if (path.length > 0) paths.push(path)
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
  }
  walk(body, [])
  for (const path of paths.filter((each) => !isNeeded(each.join('.')))) {
    for (const damage of ['missing', 'null']) {
      const copy = structuredClone(body)
      const holder = path.slice(0, -1).reduce<Body>((at, key) => at[key] as Body, copy)
      const last = path.at(-1) ?? ''
      // Slack's lists have no holes.
      if (damage === 'null' && Array.isArray(holder)) continue
      if (damage === 'null') holder[last] = null
      else if (Array.isArray(holder)) holder.splice(Number(last), 1)
      else delete holder[last]
      yield { path: `${path.join('.')} ${damage}`, body: copy }
    }
  }
}

describe('events', () => {
  test.each(EVENTS)('$name', ({ kind, expect: expected, body }) => {
    const parsed = parseSlackEvent(bytes(body)) as unknown as Body
    expect(parsed.kind).toBe(kind)
    for (const [key, value] of Object.entries(expected)) expect([key, parsed[key] ?? null]).toEqual([key, value])
    expect(parseRequest('application/json; charset=utf-8', bytes(body))).toEqual({ kind: 'event', body })
  })

  test('whatever of them is missing or null, reading them does not throw', () => {
    for (const { body } of EVENTS) {
      for (const { body: less } of damaged(body, () => false)) {
        expect(typeof parseSlackEvent(bytes(less)).kind).toBe('string')
        expect(typeof isOwnEcho(less, { botId: 'B1', botUserId: 'U1' })).toBe('boolean')
      }
    }
  })
})

describe('what people do', () => {
  const ofType = (type: string) => INTERACTIONS.filter(({ body }) => body.type === type)

  test.each(ofType('block_actions'))('$name', ({ expect: expected, body }) => {
    const click = clickOf(body as unknown as BlockAction) as unknown as Body
    for (const [key, value] of Object.entries(expected)) expect([key, click[key] ?? null]).toEqual([key, value])
  })

  test.each(ofType('message_action'))('$name', ({ expect: expected, body }) => {
    expect(shortcutOf(body as unknown as MessageShortcut)).toMatchObject(expected)
  })

  test('a form gives what was typed, chosen, ticked and attached in it, and nothing for what was left empty', () => {
    const [whole] = ofType('view_submission')
    const { view } = submissionOf(whole?.body as unknown as ViewSubmitAction)
    expect([view.typed('one', 'text'), view.typed('two', 'text'), view.typed('none', 'text')]).toEqual([
      '',
      'typed',
      '',
    ])
    expect([view.chosen('three', 'pick'), view.chosen('four', 'pick')]).toEqual(['', 'a'])
    expect([view.chosenDay('five', 'day'), view.chosenMany('six', 'tick')]).toEqual(['', []])
    expect(view.files('eight', 'files')).toMatchObject([{ id: 'F0RD6N3M2', name: 'tedair.gif', bytes: 137531 }])
    expect(view.files('one', 'text')).toEqual([])
  })

  // Without these there is no knowing who did what; Slack never leaves them out.
  const NEEDED =
    /^(type|user|user\.id|view|view\.id|actions\.0|actions\.0\.type|message|message\.ts|channel|channel\.id)$/
  const READ: Record<string, (body: never) => unknown> = {
    block_actions: (body: BlockAction) => clickOf(body),
    message_action: (body: MessageShortcut) => shortcutOf(body),
    view_submission(body: ViewSubmitAction) {
      const { view } = submissionOf(body)
      for (const [blockId, inner] of Object.entries(body.view.state?.values ?? {})) {
        for (const actionId of Object.keys(inner ?? {})) {
          view.typed(blockId, actionId)
          view.chosen(blockId, actionId)
          view.chosenMany(blockId, actionId)
          view.files(blockId, actionId)
        }
      }
    },
  }

  test('whatever else of it is missing or null, reading it does not throw', () => {
    for (const { name, body } of INTERACTIONS) {
      const work = READ[String(body.type)]
      if (!work) continue
      for (const { path, body: less } of damaged(body, (each) => NEEDED.test(each))) {
        expect(() => work(less as never), `${name}: ${path}`).not.toThrow()
      }
    }
  })
})

eachDatabase((open) => {
  test('Q9: the running desk answers every one of them with 200, whoever they come from', async () => {
    const desk = await makeTestDesk(open, { over: 'http' })
    const { slack, world } = desk
    const post = async (body: string, type: string) => {
      const headers = { 'content-type': type, ...slack.sign(body) }
      return await fetch(slack.settings.requestUrl, { method: 'POST', body, headers })
    }
    for (const { name, body } of INTERACTIONS) {
      const { status } = await post(form({ payload: JSON.stringify(body) }), 'application/x-www-form-urlencoded')
      expect([name, status]).toEqual([name, 200])
    }
    for (const { name, body } of COMMANDS) {
      const answer = await post(form(body), 'application/x-www-form-urlencoded')
      expect([name, answer.status, await answer.json()]).toEqual([
        name,
        200,
        expect.objectContaining({ response_type: 'ephemeral' }),
      ])
    }
    for (const { name, body } of EVENTS.filter(({ kind }) => kind !== 'access-withdrawn')) {
      const { status } = await post(JSON.stringify(body), 'application/json')
      expect([name, status]).toEqual([name, 200])
    }
    await world.runIntake()
    const left = await world.db.selectFrom('intake').select('error').where('state', '<>', 'received').execute()
    expect(left).toEqual([])
  })
})
