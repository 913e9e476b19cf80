// Was it sent? Providers that file what they send can be asked by Message-ID after an answer was lost.
import { SendError } from '../../src/channel.ts'
import { type AccessTokens, signedIn } from './access-token.ts'
import { imapClient, openFolder } from './imap-connection.ts'
import { imapProblem, isAuthProblem } from './imap-problem.ts'
import type { MailboxConfig } from './mailbox-config.ts'

/** Throws `SendError` when the question could not be asked: that is no answer. */
export async function isInSentFolder(
  config: MailboxConfig,
  sentFolder: string,
  messageId: string,
  tokens: AccessTokens | undefined,
): Promise<boolean> {
  try {
    return await signedIn(tokens, isAuthProblem, (token) => look(config, sentFolder, messageId, token))
  } catch (error) {
    const account = isAuthProblem(error)
    const problem = imapProblem({ ...config, folder: sentFolder }, error)
    throw new SendError({ kind: 'temporary', ...(account && { account }) }, problem, { cause: error })
  }
}

async function look(config: MailboxConfig, folder: string, messageId: string, token?: string): Promise<boolean> {
  const client = imapClient(config, token)
  client.on('error', () => undefined) // The command that was waiting fails too, and tells.
  try {
    await client.connect()
    await openFolder(client, folder)
    const found = await client.search({ header: { 'message-id': messageId } }, { uid: true })
    if (!found) throw new Error(`the server refused to search the folder "${folder}"`)
    return found.length > 0
  } finally {
    client.close()
  }
}
