// Was it sent? Providers that file what they send can be asked by Message-ID after an answer was lost.
import type { ImapFlow } from 'imapflow'
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
  return await asked(config, sentFolder, tokens, (client) => isThere(client, sentFolder, messageId))
}

/** Read, and once only: the server may have filed it too. Throws `SendError`. */
export async function fileInSentFolder(
  config: MailboxConfig,
  sentFolder: string,
  { mail, messageId }: { mail: Uint8Array; messageId: string },
  tokens: AccessTokens | undefined,
): Promise<void> {
  await asked(config, sentFolder, tokens, async (client) => {
    if (await isThere(client, sentFolder, messageId)) return
    await client.mailboxClose() // It was opened to read, and imapflow sets no flags on a folder like that.
    const filed = await client.append(sentFolder, Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength), [
      '\\Seen',
    ])
    if (!filed) throw new Error(`the server took no copy into the folder "${sentFolder}"`)
  })
}

async function asked<T>(
  config: MailboxConfig,
  sentFolder: string,
  tokens: AccessTokens | undefined,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  try {
    return await signedIn(tokens, isAuthProblem, (token) => connected(config, token, work))
  } catch (error) {
    const account = isAuthProblem(error)
    const problem = imapProblem({ ...config, folder: sentFolder }, error)
    throw new SendError({ kind: 'temporary', ...(account && { account }) }, problem, { cause: error })
  }
}

async function connected<T>(
  config: MailboxConfig,
  token: string | undefined,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = imapClient(config, token)
  client.on('error', () => undefined) // The command that was waiting fails too, and tells.
  try {
    await client.connect()
    return await work(client)
  } finally {
    client.close()
  }
}

async function isThere(client: ImapFlow, folder: string, messageId: string): Promise<boolean> {
  await openFolder(client, folder)
  const found = await client.search({ header: { 'message-id': messageId } }, { uid: true })
  if (!found) throw new Error(`the server refused to search the folder "${folder}"`)
  return found.length > 0
}
