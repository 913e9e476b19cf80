// Why a server's certificate is not trusted, and what to do. There is no way around it in Deskbell: whoever reads along reads every customer's mail.

/**
 * `server` is host and port, `key` the settings it comes from: `email.support.imap`. Undefined when it is something else.
 * Told by the words of Node and OpenSSL, for nodemailer keeps the error's code to itself.
 */
export function tlsProblem(thrown: unknown, server: string, key: string): string | undefined {
  const { message = '' } = thrown as Error
  if (/self-signed certificate|unable to (get|verify) .*certificate/i.test(message)) {
    return `the certificate of ${server} comes from an authority that nobody here knows. If it is your own, write the file with its certificate as ${key}.ca_file.`
  }
  if (/does not match certificate's altnames/i.test(message)) {
    return `the certificate of ${server} is for another name. Write the name that it is for as ${key}.host.`
  }
  const expired = /certificate has expired/i.test(message)
  if (expired || /certificate is not yet valid/i.test(message)) {
    const state = expired ? 'has expired' : 'is not valid yet'
    return `the certificate of ${server} ${state}. Renew it there, or set the clock of this machine right.`
  }
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return `${server} does not speak TLS from the first byte. Write starttls as ${key}.tls, or another port.`
  }
  // imapflow says it in words, nodemailer by the command that failed.
  if (/STARTTLS/.test(message) || (thrown as { command?: string }).command === 'STARTTLS') {
    return `${server} offers no encryption (STARTTLS), and nothing is sent in the clear. If it has an encrypted port, write implicit as ${key}.tls.`
  }
  return undefined
}

/** `email.support` of `email:support`. */
export function settingsOf(name: string): string {
  return name.replace(':', '.')
}
