import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { deliveryReport } from '../../../adapters/email/delivery-report.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/mail')

test('E14: a report of Exim’s names its reason only in the words for people, and the agent hears it all the same', async () => {
  const email = await PostalMime.parse(readFileSync(join(FIXTURES, 'bounce-exim-local.eml')))
  expect(deliveryReport(email)).toEqual({
    action: 'failed',
    status: '5.0.0',
    recipient: 'ada@bounce.test',
    reason: '550 5.1.1 The account does not exist',
    messageId: '<o.m_1.abc@example.com>',
  })
})
