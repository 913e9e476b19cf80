import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/clock.ts'
import { manualClock } from '../../setup/clock.ts'
import { makeMailbox, memoryIntake, messageIn, SUPPORT, subjectOf, until } from './mailbox.ts'

const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `mail ${from + index}`)

describe('nothing is lost and nothing comes twice', () => {
  test('E1: mail read in webmail and left for ten days arrives exactly once, in order', async () => {
    const box = await makeMailbox()
    const first = await box.start()
    await first.stop()
    for (const subject of numbered(120)) {
      const uid = box.append(subject, {})
      if (uid % 2) box.mail.account(SUPPORT).markSeen(uid)
    }

    await box.start()

    await until(() => box.intake.rows.length >= 120)
    expect(box.subjects()).toEqual(numbered(120))
    const third = await box.start()
    expect(third.health().ok).toBe(true)
    expect(box.subjects()).toEqual(numbered(120))
  })

  test('the flags of a mailbox stay as people left them', async () => {
    const box = await makeMailbox()
    box.append('unread')
    await box.start()
    await until(() => box.intake.rows.length === 1)
    expect(box.mail.account(SUPPORT).list()[0]?.flags).toEqual([])
  })

  test('W15: what was in the mailbox before the first start is an import, what comes after is not, also when stopped', async () => {
    const box = await makeMailbox()
    box.append('years ago')
    const first = await box.start()
    box.append('just now')
    await until(() => box.intake.rows.length === 2)
    await first.stop()
    box.append('while we were away')
    const second = await box.start()
    await until(() => box.intake.rows.length === 3)
    const read = await Promise.all(box.intake.rows.map(async (raw) => messageIn(await second.parse(raw)).imported))
    expect(read).toEqual([true, undefined, undefined])
  })

  test('W15: who asks for it is pinged about what was there before', async () => {
    const box = await makeMailbox()
    box.append('years ago')
    const channel = await box.start({ pingImported: true })
    await until(() => box.intake.rows.length === 1)
    expect(messageIn(await channel.parse(box.intake.rows[0] as never)).imported).toBeUndefined()
  })

  // Seen failing: with a cursor that keeps its UID when UIDVALIDITY differs (mail-reader.ts, openingCursor).
  test('E2: when the server numbers a folder anew, what came meanwhile is found and what is known has the same id', async () => {
    const box = await makeMailbox()
    for (const subject of numbered(5)) box.append(subject)
    const first = await box.start()
    const known = await Promise.all(box.intake.rows.map(async (raw) => messageIn(await first.parse(raw)).externalId))
    await first.stop()
    box.append('meanwhile')
    box.mail.account(SUPPORT).resetUidValidity()

    const second = await box.start()

    await until(() => box.intake.rows.length >= 11)
    const again = await Promise.all(box.intake.rows.map(async (raw) => messageIn(await second.parse(raw)).externalId))
    expect(new Set(again).size).toBe(6)
    expect(again.slice(0, 5)).toEqual(known)
    expect(box.subjects().slice(5).sort()).toEqual(['mail 1', 'mail 2', 'mail 3', 'mail 4', 'mail 5', 'meanwhile'])
  })

  test('E2: a new numbering while we watch is noticed, also when new mail gets numbers we have passed', async () => {
    const box = await makeMailbox()
    for (const subject of numbered(3)) box.append(subject)
    await box.start()
    for (const uid of [1, 2, 3]) box.mail.account(SUPPORT).expunge(uid)
    box.mail.account(SUPPORT).resetUidValidity()
    expect(box.append('after')).toBe(1)
    await until(() => box.subjects().includes('after'))
    expect(box.subjects()).toEqual([...numbered(3), 'after'])
  })

  test('E2: a new numbering does not bring in what was there before us', async () => {
    const box = await makeMailbox()
    box.mail.account(SUPPORT).append(Buffer.from('Subject: old\r\n\r\nx'), { internalDate: Date.now() - 2 * DAY })
    const first = await box.start({ since: 'now' })
    box.append('new')
    await until(() => box.subjects().includes('new'))
    await first.stop()
    box.mail.account(SUPPORT).resetUidValidity()

    await box.start({ since: 'now' })

    await until(() => box.intake.rows.length === 2)
    expect(box.subjects()).toEqual(['new', 'new'])
  })

  // Seen failing: with the cursor kept in a call of its own before the mails (mail-reader.ts, keep).
  test('E3: a mail fetched but not stored appears once after a crash', async () => {
    const box = await makeMailbox()
    box.append('one')
    const crashing = memoryIntake()
    crashing.cursors = box.intake.cursors
    let fetched = 0
    crashing.before = (raws) => {
      fetched += raws.length
      return raws.length > 0 ? new Promise(() => undefined) : Promise.resolve()
    }
    const clock = manualClock(Date.now())
    const first = box.open({}, clock)
    await first.start(crashing)
    await until(() => fetched === 1)
    const stopped = first.stop()
    await clock.advance(MINUTE)
    await stopped

    await box.start()

    await until(() => box.intake.rows.length > 0)
    expect(box.subjects()).toEqual(['one'])
  })

  test('E3: while the store refuses, mail waits in the mailbox, the operator is told, and later it is taken in once', async () => {
    const box = await makeMailbox()
    const channel = await box.start()
    box.intake.before = async (raws) => {
      if (raws.length > 0) throw new Error('disk full')
    }
    box.append('one')
    await until(() => channel.health().problem?.includes('disk full') ?? false)
    expect(channel.health()).toMatchObject({ ok: false })
    box.intake.before = async () => undefined
    await until(() => box.intake.rows.length > 0 && channel.health().ok)
    expect(box.subjects()).toEqual(['one'])
  })

  test('E4: two programs on one mailbox keep the same mails under the same keys', async () => {
    const box = await makeMailbox()
    const other = memoryIntake()
    await box.start()
    await box.open().start(other)
    for (const subject of numbered(30)) box.append(subject)
    await until(() => box.intake.rows.length === 30 && other.rows.length === 30)
    const keys = ({ rows }: typeof other) => rows.map(({ key }) => key)
    expect(keys(other)).toEqual(keys(box.intake))
    await box.open().start(box.intake)
    expect(box.subjects()).toEqual(numbered(30))
  })

  test('a connection cut in the middle of a mail loses none and doubles none', async () => {
    const box = await makeMailbox()
    const text = 'x'.repeat(50_000)
    for (const subject of numbered(20)) box.append(subject, { text })
    box.mail.faults.imap.cutNextFetch(400)
    await box.start()
    await until(() => box.intake.rows.length >= 20)
    expect(box.subjects()).toEqual(numbered(20))
    expect(box.intake.rows.every(({ body }) => body.length > 50_000)).toBe(true)
  })

  test('a mail deleted between being listed and being fetched holds nothing up', async () => {
    const box = await makeMailbox()
    await box.start()
    for (const subject of numbered(10)) box.append(subject)
    for (const uid of [3, 4, 5]) box.mail.account(SUPPORT).expunge(uid)
    box.append('last')
    await until(() => box.subjects().includes('last'))
    expect(box.subjects().filter((subject) => ['mail 1', 'mail 2', 'mail 10', 'last'].includes(subject))).toHaveLength(
      4,
    )
  })

  // Seen failing: when `advance` in cursor.ts notes no holes.
  test('a mail the server announces long before it shows it is taken in when it appears', async () => {
    const box = await makeMailbox()
    const clock = manualClock(Date.now())
    const channel = await box.start({ pollMs: MINUTE }, clock)
    const show = box.mail.faults.imap.hideUid(SUPPORT, 1)
    box.append('late')
    box.append('next')
    await until(() => box.subjects().includes('next'))
    show()
    await until(async () => {
      await clock.advance(MINUTE)
      return box.subjects().includes('late')
    })
    expect(box.subjects()).toEqual(['next', 'late'])
    await channel.stop()
  })

  test('the hole is remembered over a restart', async () => {
    const box = await makeMailbox()
    const first = await box.start()
    const show = box.mail.faults.imap.hideUid(SUPPORT, 1)
    box.append('late')
    box.append('next')
    await until(() => box.subjects().includes('next'))
    await first.stop()
    show()
    await box.start()
    await until(() => box.subjects().includes('late'))
    expect(box.subjects()).toEqual(['next', 'late'])
  })
})

describe('what a first start takes in', () => {
  test('by default only what comes from then on, also what comes while we are stopped', async () => {
    const box = await makeMailbox()
    box.append('old')
    const first = await box.start({ since: 'now' })
    await first.stop()
    box.append('while stopped')
    await box.start({ since: 'now' })
    await until(() => box.intake.rows.length > 0)
    expect(box.subjects()).toEqual(['while stopped'])
  })

  test('or everything since an instant', async () => {
    const box = await makeMailbox()
    const since = Date.now() - 3 * HOUR
    const account = box.mail.account(SUPPORT)
    for (const [hours, subject] of [
      [40 * 24, 'ancient'],
      [4, 'before'],
      [2, 'after'],
    ] as const) {
      account.append(Buffer.from(`Subject: ${subject}\r\n\r\nx`), { internalDate: Date.now() - hours * HOUR })
    }
    const channel = await box.start({ since })
    box.append('new')
    await until(() => box.subjects().includes('new'))
    expect(box.subjects()).toEqual(['after', 'new'])
    await channel.stop()
    await box.start({ since })
    expect(box.subjects()).toEqual(['after', 'new'])
  })

  test('a mailbox of thousands comes in order, in batches of at most fifty, with the cursor in each', async () => {
    const box = await makeMailbox()
    for (const subject of numbered(2600)) box.append(subject)
    const sizes: number[] = []
    box.intake.before = async (raws) => void sizes.push(raws.length)
    await box.start()
    await until(() => box.intake.rows.length === 2600)
    expect(box.subjects()).toEqual(numbered(2600))
    expect(Math.max(...sizes)).toBe(50)
    expect(JSON.parse(box.intake.cursors.get('INBOX') ?? '')).toMatchObject({ uid: 2600 })
  })
})

describe('when it arrived', () => {
  test('E22: the server’s time counts, whatever Date the sender wrote', async () => {
    const box = await makeMailbox()
    const at = Math.floor(Date.now() / SECOND) * SECOND - HOUR
    for (const date of [Date.UTC(2001, 0, 1), Date.UTC(2099, 0, 1)]) {
      const raw = Buffer.from(`Date: ${new Date(date).toUTCString()}\r\nSubject: x\r\n\r\nx`)
      box.mail.account(SUPPORT).append(raw, { internalDate: at })
    }
    await box.start()
    await until(() => box.intake.rows.length === 2)
    expect(box.intake.rows.map(({ arrivedAt }) => arrivedAt)).toEqual([at, at])
  })

  test('E22: a mail cannot have come before we last looked, nor in the future', async () => {
    const box = await makeMailbox()
    const startedAt = Date.now()
    await box.start()
    const account = box.mail.account(SUPPORT)
    account.append(Buffer.from('Subject: moved here\r\n\r\nx'), { internalDate: startedAt - 40 * DAY })
    await until(() => box.intake.rows.length === 1)
    account.append(Buffer.from('Subject: wrong clock\r\n\r\nx'), { internalDate: startedAt + DAY })
    await until(() => box.intake.rows.length === 2)
    for (const { arrivedAt } of box.intake.rows) {
      expect(arrivedAt).toBeGreaterThanOrEqual(startedAt)
      expect(arrivedAt).toBeLessThanOrEqual(Date.now())
    }
  })
})

test('a mail above the limit is kept as its header, and the next one whole', async () => {
  const box = await makeMailbox()
  box.append('huge', { text: 'secret words '.repeat(2000) })
  box.append('small')
  const channel = await box.start({ mailBytesMax: 10_000 })
  await until(() => box.intake.rows.length === 2)
  const [huge] = box.intake.rows
  expect(Number(huge?.meta?.tooLarge)).toBeGreaterThan(10_000)
  expect(huge?.body.length).toBeLessThan(1000)
  const message = messageIn(await channel.parse(huge ?? raise()))
  expect(message).toMatchObject({ subject: 'huge', text: '' })
  expect(message.warnings).toHaveLength(1)
})

describe('the connection', () => {
  test('new mail is told at once, without a poll', async () => {
    const box = await makeMailbox()
    await box.start({ pollMs: DAY }, manualClock(Date.now()))
    for (const subject of numbered(3)) {
      box.append(subject)
      await until(() => box.subjects().includes(subject))
    }
    expect(box.subjects()).toEqual(numbered(3))
  })

  test('where the server tells nothing, the poll finds it', async () => {
    const box = await makeMailbox()
    const clock = manualClock(Date.now())
    box.mail.faults.imap.noIdlePush()
    await box.start({ pollMs: MINUTE }, clock)
    box.append('quiet')
    await until(async () => {
      await clock.advance(MINUTE)
      return box.intake.rows.length === 1
    })
    expect(box.subjects()).toEqual(['quiet'])
  })

  test('a killed server is waited for, and what came meanwhile is taken in', async () => {
    const box = await makeMailbox()
    const channel = await box.start()
    await box.mail.faults.imap.goAway()
    box.append('meanwhile')
    await until(() => /cannot read from 127\.0\.0\.1/.test(channel.health().problem ?? ''))
    await box.mail.faults.imap.comeBack()
    await until(() => channel.health().ok)
    expect(box.subjects()).toEqual(['meanwhile'])
  })

  // Real time on real sockets: on a machine that is busy elsewhere the second in which it has to notice can pass unseen.
  test('a server that falls silent is left, not waited for for ever', async () => {
    const box = await makeMailbox()
    const config = { imap: { ...(await silentSettings(box)), timeoutMs: 1000 } }
    const channel = await box.start(config)
    await until(() => box.mail.sessions().some(({ idling }) => idling))
    box.mail.faults.imap.stall()
    await until(() => !channel.health().ok)
    box.append('afterwards')
    box.mail.faults.imap.resume()
    await until(() => box.subjects().includes('afterwards'))
  })

  // Seen failing without the watch of imap-connection.ts: imapflow cannot end an IDLE that was never answered.
  test('a server that falls silent as we ask it to idle is left as well', async () => {
    const box = await makeMailbox()
    const config = { imap: { ...(await silentSettings(box)), timeoutMs: 500 } }
    box.mail.faults.imap.stallAtNextIdle()
    const channel = await box.start(config)
    await until(() => !channel.health().ok)
    box.append('afterwards')
    box.mail.faults.imap.resume()
    await until(() => box.subjects().includes('afterwards'))
  })

  test('a command without an answer for a minute ends the connection, whatever the socket thinks', async () => {
    const box = await makeMailbox()
    const clock = manualClock(Date.now())
    const channel = await box.start({ pollMs: MINUTE }, clock)
    box.mail.faults.imap.stall()
    for (let minute = 0; minute < 4; minute++) await clock.advance(MINUTE)
    expect(channel.health().problem).toMatch(/no answer for 60 seconds/)
    box.append('afterwards')
    box.mail.faults.imap.resume()
    await until(async () => {
      await clock.advance(MINUTE)
      return box.subjects().includes('afterwards')
    })
  })

  test('E21: a wrong password is told apart from a dead network, and both are tried again by themselves', async () => {
    const box = await makeMailbox()
    const channel = await box.start()
    box.mail.faults.imap.refuseLogin()
    box.mail.faults.imap.dropConnections()
    await until(() => /refuses the user support@desk\.test or its password/.test(channel.health().problem ?? ''))
    box.mail.faults.imap.acceptLogin()
    await until(() => channel.health().ok)
    box.mail.faults.imap.refuseLogin(3, 'UNAVAILABLE')
    box.mail.faults.imap.dropConnections()
    await until(() => /cannot read from/.test(channel.health().problem ?? ''))
    box.append('still polling')
    await until(() => box.subjects().includes('still polling'))
  })

  test('start waits for a server that is not there yet, and stop ends the waiting', async () => {
    const box = await makeMailbox()
    await box.mail.faults.imap.goAway()
    const clock = manualClock(Date.now())
    const channel = box.open({}, clock)
    let started = false
    const starting = channel.start(box.intake).then(() => {
      started = true
    })
    await until(() => channel.health().problem?.includes('cannot read from') ?? false)
    expect(started).toBe(false)
    await channel.stop()
    await starting
    expect(channel.health().ok).toBe(false)
  })

  test('no keep begins once stop has resolved', async () => {
    const box = await makeMailbox()
    for (const subject of numbered(500)) box.append(subject)
    const channel = box.open()
    await channel.start(box.intake)
    await until(() => box.intake.rows.length > 0)
    await channel.stop()
    const keeps = box.intake.keeps
    box.append('later')
    await until(() => box.mail.sessions().length === 0)
    expect(box.intake.keeps).toBe(keeps)
    expect(box.intake.rows.map(subjectOf)).not.toContain('later')
  })
})

async function silentSettings(box: Awaited<ReturnType<typeof makeMailbox>>) {
  return { ...box.mail.imap, tls: 'none' as const, user: SUPPORT, password: box.mail.password }
}

function raise(): never {
  throw new Error('nothing was kept')
}
