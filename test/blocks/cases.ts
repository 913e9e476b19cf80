// Every view that is drawn from a record alone, each with the records it may be drawn from.
import type { KnownBlock } from '@slack/types'
import fc, { type Arbitrary } from 'fast-check'
import { CUTS } from '../../src/agent-queue.ts'
import { renderCard, renderPlainCard } from '../../src/desk/card.ts'
import { composerView, loadingView } from '../../src/desk/composer-view.ts'
import { correctionPreview, correctView } from '../../src/desk/correct-view.ts'
import { renderMorning } from '../../src/desk/digest-post.ts'
import { foundBlocks, historyBlocks } from '../../src/desk/find-list.ts'
import { toldView } from '../../src/desk/form.ts'
import { closedHome, HOME_PAGE, homeView } from '../../src/desk/home-view.ts'
import { groupsOf } from '../../src/desk/letter-menu.ts'
import { renderOverload } from '../../src/desk/overload-post.ts'
import { renderDigest, renderGonePing, renderPing } from '../../src/desk/ping.ts'
import { previewView, staleView } from '../../src/desk/preview-view.ts'
import { queueBlocks } from '../../src/desk/queue-list.ts'
import { renderReturned } from '../../src/desk/returned-post.ts'
import * as sending from '../../src/desk/sending-view.ts'
import { wholeView } from '../../src/desk/whole-view.ts'
import { explanation } from '../../src/desk/why.ts'
import type { Letter } from '../../src/template/letter.ts'
import { letter } from '../desk/desk.ts'
import { type Case, drawing } from './case.ts'
import { awayCases } from './cases-away.ts'
import { callCases } from './cases-call.ts'
import { entryCases } from './cases-entry.ts'
import { formCases } from './cases-form.ts'
import { letterCases } from './cases-letter.ts'
import { faultsOfChoices, faultsOfMessage, faultsOfView, MARK } from './checker.ts'
import * as some from './hostile.ts'
import * as shape from './shapes.ts'

const { NOW, at, count, flag, maybe, said, words, written } = some

const alone = (blocks: KnownBlock[]) => faultsOfMessage({ text: 'Found', blocks })
const links = new Map([['v_00000000000000000000000000', 'https://acme.slack.com/archives/C1/p1700000000000100']])
const letterhead = fc.record({ channel: some.channel, to: shape.recipients.map(({ to }) => to) })
const meta = { draftId: 'm_1', conversationId: 'v_1', at: 'C0DESK' }
const shown = fc
  .record({
    letterhead,
    parts: fc.array(shape.part, { minLength: 1, maxLength: 25, size: 'max' }),
    recipients: maybe(shape.recipients),
  })
  .map(({ letterhead, ...rest }) => ({ ...letterhead, ...rest, meta }))
const caution = fc.record({
  rule: fc.constant('nameless' as const),
  level: fc.constant('warn' as const),
  said: words(600),
})

/** A title has 75 characters at most, as the folder of letters demands; a key is a file's name. */
const aLetter: Arbitrary<Letter> = fc
  .record({
    title: said(75),
    when: said(150),
    key: fc.constantFrom('en/first', `en/${'x'.repeat(240)}`),
    name: words(200),
  })
  .chain(({ title, when, key, name }) =>
    fc.integer().map((n) => ({
      ...letter('a', 'Hello'),
      ...{ title, when, key: `${n}${key}`, enclosures: [{ name, type: 'a/b', path: '/x', bytes: 10 }] },
      asks: (['text', 'long', 'choice', 'date'] as const).map((kind, place) => ({
        ...{
          name: `ask${place}`,
          label: when,
          hint: place === 0 ? when : undefined,
          kind,
          choices: [title, `${n}`],
          isOptional: true,
        },
      })),
    })),
  )

const composed = fc
  .record({
    ...{
      question: shape.question,
      recipients: shape.recipients,
      text: written(3000),
      notice: maybe(words(600)),
      letter: maybe(aLetter),
    },
    ...{ suggested: fc.array(aLetter, { maxLength: 3 }), hasLetters: flag, mayRead: flag },
  })
  .map(({ suggested, hasLetters, mayRead, letter: chosen, ...rest }) => ({
    ...rest,
    letter: chosen,
    limits: { attachmentBytesMax: 25_000_000, mayRead },
    offered: { suggested, hasLetters },
    meta: { ...meta, identityId: 'i_1', seenSeq: 1, rev: 0, ...(chosen && { letter: chosen.key, inserted: 'abc' }) },
  }))

const many = (few: Letter[], count: number) =>
  few.length === 0
    ? []
    : Array.from({ length: count }, (_, n) => ({ ...(few[n % few.length] as Letter), key: `en/${n}` }))

const counts = fc.record({
  overdue: count,
  dueToday: count,
  unassigned: count,
  snoozed: count,
  undelivered: count,
  broken: count,
  waiting: count,
})
const turn = fc.record({ typed: words(500), skip: count })

export const CASES: Record<string, Case> = {
  ...awayCases,
  ...entryCases,
  ...callCases,
  ...formCases,
  ...letterCases,
  card: drawing(fc.tuple(shape.cardView, maybe(some.link)), ([view, link]) => [
    ...faultsOfMessage(renderCard(view, NOW, link)),
    ...faultsOfMessage(renderPlainCard(view)),
  ]),
  ping: drawing(fc.tuple(shape.pingView, maybe(some.link)), ([view, link]) => [
    ...faultsOfMessage(renderPing(view, NOW, link)),
    ...faultsOfMessage(renderGonePing()),
  ]),
  'digest of pings': drawing(
    fc.tuple(shape.several(shape.pingView, 20), fc.record({ all: count, waiting: count, late: count })),
    ([views, tally]) => faultsOfMessage(renderDigest(views, tally, NOW, links)),
  ),
  'morning digest': drawing(fc.tuple(said(150), counts, shape.several(shape.queueRow, 15)), ([desk, figures, worst]) =>
    faultsOfMessage(renderMorning(desk, figures, worst, NOW, links)),
  ),
  home: drawing(
    fc.record({
      ...{
        title: said(),
        rows: shape.several(shape.queueRow, HOME_PAGE),
        words: words(600),
        deskTitle: maybe(words(150)),
      },
      ...{ cut: fc.constantFrom(...CUTS), count, isFirst: flag, link: maybe(some.link) },
    }),
    ({ title, rows, cut, count, isFirst, ...row }) =>
      faultsOfView(
        homeView({
          ...{ title, cut, isFirst, now: NOW, counts: Object.fromEntries(CUTS.map((one) => [one, count])) as never },
          ...{
            rows: rows.map((one) => ({ ...one, ...row })),
            next: { dueAt: NOW, startedAt: NOW, conversationId: 'v_1' },
          },
        }),
      ),
  ),
  crowd: drawing(count, (waiting) => [waiting, 0, 1].flatMap((one) => faultsOfMessage(renderOverload(one)))),
  'home of nobody': drawing(fc.constant(0), () => faultsOfView(closedHome())),
  found: drawing(fc.tuple(shape.several(shape.hit, 5), turn, count, flag), ([hits, turn, total, isCut]) =>
    alone(foundBlocks({ hits, total, isCut, owed: total }, turn, 5, links)),
  ),
  history: drawing(fc.tuple(shape.several(shape.listed, 5), turn, flag), ([conversations, turn, isMore]) =>
    alone(historyBlocks({ conversations, isMore }, turn, 5, links)),
  ),
  queue: drawing(fc.tuple(shape.several(shape.queueRow, 15), said()), async ([rows, title]) => {
    const desks = Array.from({ length: 5 }, (_, n) => ({
      name: `desk${n}`,
      title,
      channel: 'C1',
      undoMs: 1,
      leads: [],
      backup: [],
    }))
    const chat = { getPermalink: async () => ({ permalink: 'https://acme.slack.com/archives/C1/p1' }) }
    const tools = { queue: async () => rows, clock: { now: () => NOW }, read: { chat } }
    return faultsOfMessage(await queueBlocks(tools as never, desks))
  }),
  why: drawing(fc.array(fc.tuple(flag, said(4000)), { maxLength: 120, size: 'max' }), (lines) =>
    alone(explanation(lines.map(([isHead, line]) => (isHead ? `# ${line}` : line)))).filter(
      (fault) => !TOGETHER.test(fault),
    ),
  ),
  composer: drawing(composed, (composer) => [...faultsOfView(composerView(composer)), ...faultsOfView(loadingView())]),
  'choice of letters': drawing(
    fc.tuple(
      fc.array(aLetter, { maxLength: 8 }).map((few) => many(few, 120)),
      said(35),
    ),
    ([letters, label]) =>
      faultsOfChoices({
        option_groups: groupsOf([
          { label: 'These fit', letters },
          { label, letters },
        ]),
      }),
  ),
  preview: drawing(fc.tuple(shown, fc.array(caution, { maxLength: 4 })), ([one, cautions]) =>
    faultsOfView(previewView({ ...one, cautions })),
  ),
  'stale preview': drawing(
    fc.tuple(shown, fc.array(fc.record({ message: shape.message, author: words(300) }), { maxLength: 40 })),
    ([one, news]) => faultsOfView(staleView(one, news)),
  ),
  correction: drawing(
    fc.tuple(letterhead, written(3000), fc.array(shape.part, { minLength: 1, maxLength: 5 })),
    ([to, text, parts]) => {
      const correcting = { ...to, meta: { messageId: 'm_1', conversationId: 'v_1', at: 'C1', seenVersions: 0 } }
      return [...faultsOfView(correctView(correcting, text)), ...faultsOfView(correctionPreview(correcting, parts))]
    },
  ),
  sending: drawing(fc.tuple(letterhead, shown, written(3000), words(600)), ([to, one, text, reason]) => {
    const { blocks, private_metadata: metadata = '' } = previewView(one)
    return [
      sending.sendingView(to, { messageId: 'm_1', dueAt: NOW }),
      sending.sentBeforeView(to),
      sending.savingView(blocks),
      sending.savingView(sending.savingView(blocks).blocks),
      sending.tryAgainView(metadata, blocks),
      sending.preparingView('view_1', text),
      sending.noPreviewView(reason, text),
      sending.undoneView({ conversationId: 'v_1', at: 'C1', messageId: 'm_1' }, text),
      sending.tooLateView(),
      sending.notSentView(reason, text),
      toldView('Again', reason, text),
    ]
      .flatMap(faultsOfView)
      .concat(faultsOfMessage({ text: 'Undone', blocks: [sending.editAgainButton('m_1')] }))
  }),
  'a reply that came back': drawing(
    fc.record({
      ...{ people: fc.array(some.user, { minLength: 1, maxLength: 5 }), author: maybe(some.user), contact: said(100) },
      ...{
        lost: fc.array(fc.record({ address: said(400), reason: words() }), { maxLength: 40 }),
        refusal: maybe(words()),
      },
      ...{ isVoid: flag, waitingSince: maybe(at), card: fc.constant(undefined) },
    }),
    (view) => faultsOfMessage(renderReturned(view)),
  ),
  'the whole message': drawing(
    fc.record({
      ...{
        show: fc.constantFrom(...(['all', 'original', 'files', 'versions'] as const)),
        page: fc.constantFrom(0, 1, 9999),
      },
      ...{
        from: some.person,
        at,
        subject: maybe(words()),
        sender: fc.constantFrom('pass', 'fail', 'none', undefined),
        text: words(),
      },
      ...{ isFolded: flag, deletedAt: maybe(at), news: maybe(words()) },
      versions: fc.array(
        fc.record({
          kind: fc.constantFrom('said' as const, 'taken' as const),
          by: maybe(words(80)),
          at,
          text: words(),
        }),
        { maxLength: 5 },
      ),
      head: fc.array(fc.record({ name: fc.constantFrom('From', 'To', 'Subject', 'Message-ID'), value: words() }), {
        maxLength: 30,
      }),
      files: files(),
    }),
    ({ show, page, news, ...whole }) =>
      faultsOfView(
        wholeView(
          { at: 'C1', messageId: 'm_1', show, page },
          { messageId: 'm_1', ...whole },
          news === undefined ? undefined : { text: news, link: 'https://acme.slack.com/x' },
        ),
      ),
  ),
}

/** Only a modal shows that much; what `/desk why` answers is cut elsewhere. */
const TOGETHER = /characters together/

function files() {
  const file = fc.record({
    name: words(),
    type: words(100),
    bytes: some.bytes,
    isShared: flag,
    fileId: maybe(fc.constant('F1')),
    error: maybe(words()),
  })
  const several = fc.oneof(
    fc.array(file, { maxLength: 3 }),
    fc.array(file, { minLength: 150, maxLength: 250, size: 'max' }),
  )
  return several.map((all) => [
    ...all.map((one, n) => ({ ...one, what: `a_${n}` })),
    {
      ...{ what: 'original', name: MARK, type: 'message/rfc822', bytes: 9, isShared: false },
      fileId: undefined,
      error: undefined,
    },
  ])
}
