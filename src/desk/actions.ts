// Which click leads where.
import { acknowledgePing } from './acknowledge.ts'
import { openAssign } from './assign.ts'
import { changeBlock, SHOW_HELD, showListed, UNBLOCK_LISTED, unblockListed } from './block.ts'
import { BLOCK, UNBLOCK } from './block-button.ts'
import { openCalledBy } from './called-by.ts'
import { MENU, type MenuAction, readMenu } from './card-menu.ts'
import { closeConversation, reopenConversation } from './close.ts'
import { openComposer, startAfresh } from './composer.ts'
import { AFRESH } from './composer-view.ts'
import { openCorrect, takeReplyBack } from './correct.ts'
import { CORRECT, RETRACT } from './correct-view.ts'
import { openCustomer } from './customer.ts'
import { CUSTOMER } from './customer-view.ts'
import { ASKS_ANEW, askAnewAbout } from './edited-post.ts'
import { endBy, openPostpone } from './follow-up.ts'
import { DROP, KEEP, POSTPONE } from './follow-up-view.ts'
import { HAND_OVER_ALL, openHandOverAll } from './hand-over-all.ts'
import { HOME_CLICKS } from './home-click.ts'
import type { Click } from './interaction.ts'
import { joinRelated, partAgain } from './join.ts'
import { chooseLetter } from './letter-choice.ts'
import { LETTER_LIST_CLICKS } from './letter-list-click.ts'
import { LETTER_ACTION, NAME_ACTION, SUGGESTED_ACTIONS } from './letter-menu.ts'
import { openSaveLetter, SAVE_LETTER } from './letter-new.ts'
import { type Ack, committing, type OnClick, opening } from './listen.ts'
import { MORE_CLICKS, openMore } from './more.ts'
import { decideParked, PARKED_ACTIONS, type ParkedAction } from './parked.ts'
import { makePersonCode, openPerson, PART_PERSON, PERSON, PERSON_CODE, partPerson } from './person.ts'
import { within } from './race.ts'
import { NEEDS_ANSWER, NEEDS_NONE, reclassifyMessage } from './reclassify.ts'
import { replaceView } from './respond.ts'
import { cancelScheduledReply, editScheduled, openLater, sendScheduledNow } from './schedule.ts'
import { SCHEDULED_ACTIONS, SEND_LATER } from './schedule-view.ts'
import { EDIT_AGAIN_ACTION, UNDO_ACTION } from './sending-view.ts'
import { openSnooze } from './snooze.ts'
import { NOT_SPAM, takeSpamBack } from './spam.ts'
import { takeConversation } from './take.ts'
import type { DeskTools } from './tools.ts'
import { editAgainFrom, undoReply } from './undo.ts'
import { openWaive } from './waive.ts'
import { whisper } from './whisper.ts'
import { getAllFiles, getFile, openWhole, turnPage } from './whole.ts'
import { GET_ALL, GET_FILE, GET_FILE_MENU } from './whole-files.ts'
import type { PAGE_ACTIONS, WholeAction } from './whole-view.ts'
import { openWriteTo, WRITE_TO } from './write-to.ts'

const MENU_CLICKS: Record<MenuAction, OnClick> = {
  assign: opening(openAssign),
  waive: opening(openWaive),
  snooze: opening(openSnooze),
  close: committing(closeConversation),
  more: opening(openMore),
}

const parkedClicks = Object.fromEntries(
  (Object.keys(PARKED_ACTIONS) as ParkedAction[]).map((action) => [
    action,
    committing((tools, click) => decideParked(tools, click, action)),
  ]),
)

const wholeClicks: Record<WholeAction | (typeof PAGE_ACTIONS)[number], OnClick> = {
  show_all: opening(openWhole('all')),
  show_original: opening(openWhole('original')),
  show_files: opening(openWhole('files')),
  show_versions: opening(openWhole('versions')),
  page_back: opening(turnPage),
  page_on: opening(turnPage),
}

const homeClicks = Object.fromEntries(Object.entries(HOME_CLICKS).map(([action, work]) => [action, committing(work)]))
const choosing: OnClick = opening(async (tools, click) => {
  if (click.view) await chooseLetter(tools, click, click.view)
})

export const CLICKS: Record<string, OnClick> = {
  take: committing(takeConversation),
  acknowledge: committing(acknowledgePing),
  reopen: committing(reopenConversation),
  join: committing(joinRelated),
  part: committing(partAgain),
  [NOT_SPAM]: committing(takeSpamBack),
  [CUSTOMER]: opening(openCustomer),
  [WRITE_TO]: opening(openWriteTo),
  [BLOCK]: opening((tools, click) => changeBlock(tools, click, true)),
  [UNBLOCK]: opening((tools, click) => changeBlock(tools, click, false)),
  [UNBLOCK_LISTED]: committing(unblockListed),
  [SHOW_HELD]: committing(showListed),
  [PERSON]: opening(openPerson),
  [PART_PERSON]: opening(partPerson),
  [PERSON_CODE]: opening(makePersonCode),
  [CORRECT]: opening(openCorrect),
  [RETRACT]: committing(takeReplyBack),
  [ASKS_ANEW]: committing(askAnewAbout),
  [NEEDS_ANSWER]: committing((tools, click) => reclassifyMessage(tools, click, true)),
  [NEEDS_NONE]: committing((tools, click) => reclassifyMessage(tools, click, false)),
  [HAND_OVER_ALL]: opening(openHandOverAll),
  [KEEP]: committing(endBy('kept')),
  [DROP]: committing(endBy('dropped')),
  [POSTPONE]: opening(openPostpone),
  ...parkedClicks,
  ...wholeClicks,
  ...homeClicks,
  [GET_FILE]: opening(getFile),
  [GET_FILE_MENU]: opening(getFile),
  [GET_ALL]: opening(getAllFiles),
  ...MENU_CLICKS,
  ...MORE_CLICKS,
  [MENU]: chooseInMenu,
  reply: opening((tools, click) => openComposer(tools, click, { conversationId: click.value, text: '' })),
  [LETTER_ACTION]: choosing,
  ...Object.fromEntries(SUGGESTED_ACTIONS.map((action) => [action, choosing])),
  [AFRESH]: opening(startAfresh),
  [SEND_LATER]: opening(openLater),
  [SCHEDULED_ACTIONS.now]: committing(sendScheduledNow),
  [SCHEDULED_ACTIONS.edit]: opening(editScheduled),
  [SCHEDULED_ACTIONS.cancel]: committing(cancelScheduledReply),
  [NAME_ACTION]: opening(openCalledBy),
  ...LETTER_LIST_CLICKS,
  [SAVE_LETTER]: opening(openSaveLetter),
  [UNDO_ACTION]: clickUndo,
  [EDIT_AGAIN_ACTION]: opening(editAgainFrom),
}

/** A card posted by another version of the program may offer what this one does not know. */
async function chooseInMenu(tools: DeskTools, click: Click, ack: Ack): Promise<void> {
  const { action, conversationId } = readMenu(click.value)
  const run = Object.hasOwn(MENU_CLICKS, action) ? MENU_CLICKS[action as MenuAction] : undefined
  if (!run) throw new Error(`the card’s menu has no ${action}`)
  await run(tools, { ...click, value: conversationId }, ack)
}

async function clickUndo(tools: DeskTools, click: Click, ack: Ack): Promise<void> {
  const work = undoReply(tools, click)
  await within(tools.clock, tools.saveWithinMs, work)
  await ack()
  const { view, said } = await work
  const { place } = click
  if (!click.view) return await whisper(tools, click.who, place, said)
  await replaceView(tools, click.who, undefined, { target: { view_id: click.view.id }, view, said })
}
