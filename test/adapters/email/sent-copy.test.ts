import { describe, expect, test } from 'vitest'
import { SendError } from '../../../src/channel.ts'
import { ANNA, makeMailbox, outbound, progress, SUPPORT, until } from './mailbox.ts'

const COPYING = { sentFolder: 'Sent', sentCopy: true }

async function makeCopying() {
  const box = await makeMailbox()
  const sent = () => box.mail.account(SUPPORT).list('Sent')
  return { box, sent, channel: box.open(COPYING) }
}

describe('a copy in the Sent folder', () => {
  test('is put there once the reply was accepted: the same bytes, and read', async () => {
    const { box, sent, channel } = await makeCopying()
    const parts = await channel.render(outbound())
    await channel.send(parts, progress())
    await until(() => sent().length === 1)
    expect(Buffer.from(sent()[0]?.raw ?? []).equals(Buffer.from(parts[0]?.body ?? []))).toBe(true)
    expect([...(sent()[0]?.flags ?? [])]).toContain('\\Seen')
    expect(box.mail.outbound).toHaveLength(1)
  })

  test('is not put there twice, nor beside the one the server has filed itself', async () => {
    const { box, sent, channel } = await makeCopying()
    const parts = await channel.render(outbound())
    box.mail.account(SUPPORT).append(parts[0]?.body ?? new Uint8Array(), { folder: 'Sent' })
    await channel.send(parts, progress())
    await channel.send(parts, progress())
    await channel.stop() // It waits for what is under way.
    expect(sent()).toHaveLength(1)
  })

  test('is of nothing that was refused or left in doubt', async () => {
    const { box, sent, channel } = await makeCopying()
    const parts = await channel.render(outbound())
    box.mail.faults.smtp.next({ kind: 'refuse-recipient', address: ANNA })
    box.mail.faults.smtp.next({ kind: 'drop-after-data', accepted: true })
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(channel.send(parts, progress())).rejects.toThrow(SendError)
    await channel.stop()
    expect(sent()).toEqual([])
  })

  test('that fails leaves the reply accepted, and the operator hears of it until one works', async () => {
    const { box, sent, channel } = await makeCopying()
    box.mail.faults.imap.refuseLogin(1)
    const seen = progress()
    await channel.send(await channel.render(outbound()), seen)
    expect(seen.accepts).toHaveLength(1)
    await until(() => channel.health().problem !== undefined)
    expect(channel.health().problem).toMatch(
      /no copy was put into the folder "Sent" \(.+\)\. The reply itself was sent\.$/,
    )
    await channel.send(await channel.render(outbound({ id: 'm_01k0other' })), progress())
    await until(() => sent().length === 1)
    await until(() => channel.health().problem === undefined)
  })

  test('E15: of our own making proves nothing by its absence: the same bytes are sent again', async () => {
    const { box, channel } = await makeCopying()
    expect(channel.limits.idempotency).toBe('none')
    const parts = await channel.render(outbound())
    box.mail.faults.smtp.next({ kind: 'drop-after-data', accepted: true })
    await expect(channel.send(parts, progress())).rejects.toMatchObject({ failure: { kind: 'uncertain' } })
    // Seen failing: `absent` here would say that nothing arrived, and a refusal later on that nothing ever did.
    expect(await channel.reconcile(parts, progress())).toBe('unknown')
    await channel.send(parts, progress())
    await channel.stop()
    expect(await box.open(COPYING).reconcile(parts, progress())).toMatchObject({ recipients: [{ accepted: true }] })
  })
})
