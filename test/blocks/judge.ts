// Everything a test made the app show in Slack, judged a second time when the test is over: whoever adds a view need not think of it.
import { expect, onTestFinished } from 'vitest'
import type { SlackStandIn } from '../../src/sandbox/slack/server.ts'
import { faultsOfChoices, faultsOfMessage, faultsOfView } from './checker.ts'

type Watched = Pick<SlackStandIn, 'log' | 'answers'>

const MESSAGES = new Set(['chat.postMessage', 'chat.update', 'chat.postEphemeral'])

export function judgeWhenDone(slack: Watched): void {
  onTestFinished(() => expect(faultsInSlack(slack)).toEqual([]))
}

export function faultsInSlack({ log, answers }: Watched): string[] {
  const called = log.flatMap(({ method, args }) => faultsOfCall(method, args).map((fault) => `${method}: ${fault}`))
  return [...called, ...answers.flatMap((answer) => faultsOfAnswer(answer).map((fault) => `answer: ${fault}`))]
}

function faultsOfCall(method: string, args: Record<string, unknown>): string[] {
  if (MESSAGES.has(method))
    return faultsOfMessage({ text: args.text, ...(args.blocks !== undefined && { blocks: read(args.blocks) }) })
  if (/^views\./.test(method)) return faultsOfView(read(args.view))
  return []
}

function faultsOfAnswer(payload: Record<string, unknown>): string[] {
  if (payload.view !== undefined) return faultsOfView(payload.view)
  if (payload.options !== undefined || payload.option_groups !== undefined) return faultsOfChoices(payload)
  if (payload.text !== undefined || payload.blocks !== undefined) return faultsOfMessage(payload)
  return []
}

function read(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value
}
