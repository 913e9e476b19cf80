// What an agent sees of mail, photographed: look at the pictures in test-output/pictures after a change.
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Camera, hasBrowser, openCamera } from './camera.ts'
import { openOffice } from './office.ts'

const ANA = 'Ana Ruiz <ana@customer.test>'

describe.skipIf(!hasBrowser())('pictures of mail', () => {
  let camera: Camera
  beforeAll(async () => {
    camera = await openCamera()
  })
  afterAll(() => camera?.close())

  test('a question, its answer, and a long reply whose history is folded', async () => {
    const office = await openOffice()
    office.mails({
      from: ANA,
      cc: 'Carl Ruiz <carl@customer.test>, Buyer <buyer@partner.test>',
      subject: 'Where is order 4711?',
      text: 'Hello,\n\nI ordered on Monday and have heard nothing since. When will it come?\n\nAna',
      attachments: [
        { filename: 'order.pdf', content: new Uint8Array(48_000), contentType: 'application/pdf' },
        { filename: 'invoice.pdf.exe', content: new Uint8Array(9000), contentType: 'application/octet-stream' },
      ],
    })
    const card = await office.maya.waitForCard('order 4711')
    await office.entries(card, 1)
    await camera.take('mail-1-card', office.drawChannel())
    await office.maya.click(card, 'reply')
    await office.slack.waitFor(() => office.maya.front()?.view.callback_id === 'composer', 'the composer')
    await camera.take('mail-2-composer', office.drawFront())
    await camera.take('mail-2-composer-phone-dark', office.drawFront(), { theme: 'dark', shape: 'phone' })
    await office.maya.closeAll()
    await office.maya.compose(card, {
      edit: () => 'Hello Ana,\n\nit leaves today and is with you tomorrow.\n\nMaya',
    })
    await camera.take('mail-3-preview', office.drawFront())
    await office.maya.send()
    await camera.take('mail-4-undo', office.drawFront())
    office.clock.forward(5000)
    await office.slack.waitFor(() => office.maya.read(card).includes('Answered'), 'the answer')
    await office.maya.closeAll()
    office.mails({
      from: ANA,
      subject: 'Re: Where is order 4711?',
      inReplyTo: '<unknown@elsewhere.test>',
      text: [
        'It came, but the shade is broken. What now?',
        '',
        '-- ',
        'Ana Ruiz',
        '',
        'On Fri, 12 Jun 2026 at 14:00, Example Support <support@example.com> wrote:',
        '> Hello Ana,',
        '> it leaves today and is with you tomorrow.',
      ].join('\n'),
    })
    await office.slack.waitFor(() => office.workspace.messages(office.desk).length > 1, 'a second card')
    const second = office.workspace.messages(office.desk).at(-1)
    if (second) await office.entries(second, 1)
    await camera.take('mail-5-thread', office.drawThread(card))
    if (second) await camera.take('mail-6-related', office.drawThread(second))
  })

  test('what is no ordinary question: machines, strangers, a bounce, what cannot be read, an answer from webmail', async () => {
    const office = await openOffice()
    const cardOf = async (words: string, entries = 1) => {
      const card = await office.maya.waitForCard(words)
      await office.entries(card, entries)
      return card
    }
    office.mail.account('ana@customer.test')
    office.mails({ from: ANA, subject: 'The lamp is broken', text: 'What now?', messageId: '<lamp@customer.test>' })
    const lamp = await cardOf('The lamp is broken')
    office.mails({
      from: 'Eve <eve@elsewhere.test>',
      subject: 'Re: The lamp is broken',
      text: 'Send the money to me instead.',
      inReplyTo: '<lamp@customer.test>',
    })
    await camera.take('mail-7-stranger', office.drawThread(await cardOf('Send the money')))
    office.mails({
      from: 'Monitor <noreply@monitor.test>',
      subject: 'Disk is at 91 %',
      text: 'This is an automatic notice.',
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Mailer': 'Monitor' },
    })
    await camera.take('mail-8-machine', office.drawThread(await cardOf('Disk is at 91')))
    await office.maya.compose(lamp, { edit: () => 'We send you another one.' })
    await office.maya.send()
    await office.maya.closeAll()
    office.clock.forward(5000)
    await office.slack.waitFor(() => office.maya.read(lamp).includes('Answered'), 'the answer')
    const sent = office.mail.account('ana@customer.test').list().at(-1)
    const id = /^Message-ID:\s*(<[^>]+>)/im.exec(Buffer.from(sent?.raw ?? []).toString('latin1'))?.[1] ?? ''
    office.mails({
      from: 'Mail Delivery System <MAILER-DAEMON@mx.customer.test>',
      subject: 'Undelivered Mail Returned to Sender',
      text: `<ana@customer.test>: host mx.customer.test said: 550 5.1.1 no such user\n\nMessage-ID: ${id}`,
      headers: { 'Auto-Submitted': 'auto-replied', 'X-Failed-Recipients': 'ana@customer.test' },
    })
    await office.slack.waitFor(() => office.maya.thread(lamp).some((entry) => entry.includes('❌')), 'the bounce')
    await office.entries(lamp, 3)
    await camera.take('mail-9-bounced', office.drawThread(lamp))
    office.clock.forward(26 * 3600_000)
    await office.slack.waitFor(() => office.pings(office.stage.lead).length > 1, 'the pings')
    await office.slack.waitFor(() => office.maya.read(lamp).includes('overdue'), 'the overdue card')
    await camera.take('mail-10-pings', office.drawPings(office.stage.lead))
    await camera.take('mail-11-channel-dark', office.drawChannel(), { theme: 'dark' })
  })
})
