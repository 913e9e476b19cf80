import { openWorkspace, outbound } from '../adapters/slack/workspace.ts'
import { makeWeb } from '../sandbox/slack/desk.ts'
import { type ChannelHarness, channelContract } from './channel-contract.ts'

type Place = 'a shared channel' | 'direct messages'

async function makeHarness(place: Place): Promise<ChannelHarness> {
  const { slack, shared, team, mia, open } = await openWorkspace()
  const other = slack.addUser({ name: 'robot', isBot: true })
  slack.join(other.id, shared)
  const direct = slack.addUser({ name: 'dia', realName: 'Dia', isGuest: true }).id
  const isDirect = place === 'direct messages'
  const [writer, where] = isDirect ? [direct, slack.app.botUserId] : [mia, shared]
  const address = isDirect ? `${slack.app.teamId}/${direct}` : `${team}/${mia}`
  const channel = isDirect ? slack.dm(direct).id : shared
  const seen = () => slack.workspace.all(channel).filter(({ botId }) => botId === slack.app.botId)
  const ours = new Set<string>()
  let root: string | undefined
  const question = () => {
    root ??= slack.say(writer, where, 'An old question')
    return root
  }
  return {
    open: () => open(),
    customerWrites: async (text) => void slack.say(writer, where, text),
    async weWrite(text) {
      const { ts } = await makeWeb(slack).chat.postMessage({ channel, text })
      ours.add(ts ?? '')
      slack.say(other.id, shared, text)
    },
    async redeliver() {
      for (const { id } of slack.events) slack.repeat(id)
    },
    platformNow: () => Date.now(),
    outbound: (id, markdown) =>
      outbound({
        ...{ id, markdown, to: [{ address }] },
        ...(!isDirect && {
          answers: {
            replyHandle: JSON.stringify({ channel, threadTs: question() }),
            ...{ text: 'An old question', arrivedAt: 1000, from: { address } },
          },
        }),
      }),
    nextSend(meets) {
      if (meets === 'temporary') slack.faults.next('chat.postMessage', { status: 429, retryAfterS: 1 })
      if (meets === 'rejected') slack.faults.next('chat.postMessage', { error: 'is_archived' })
      if (meets === 'lost') slack.faults.next('chat.postMessage', { status: 500, stored: true })
    },
    customerSees: async () =>
      seen()
        .filter(({ ts }) => !ours.has(ts))
        .map(({ ts, text }) => ({ identity: ts, text })),
    close: () => slack.stop(),
  }
}

channelContract('slack in a shared channel', () => makeHarness('a shared channel'))
channelContract('slack in direct messages', () => makeHarness('direct messages'))
