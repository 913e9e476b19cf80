// The files of a message as a list: each of the first ones with a button that brings it into the thread, a menu for all the others.
import type { Button, KnownBlock, PlainTextOption } from '@slack/types'
import { shorten } from '../slack/mrkdwn.ts'
import { isRisky, shortenMiddle, shownName, sizeWords } from './file-name.ts'
import { note, plain } from './words.ts'

export const GET_FILE = 'get_file'
export const GET_FILE_MENU = 'get_file_menu'
export const GET_ALL = 'get_all_files'

export interface WholeFile {
  /** As `ThreadFile`. */
  what: string
  name: string
  type: string
  bytes: number
  isShared: boolean
  fileId: string | undefined
  error: string | undefined
}

/** The long ones say nothing to people. */
const TYPE_LENGTH = 30
const LISTED_MAX = 20
const OPTIONS_MAX = 100
const OPTION_LENGTH = 75
const ERROR_LENGTH = 300

export function fileBlocks(files: readonly WholeFile[]): KnownBlock[] {
  if (files.length === 0) return [{ type: 'divider' }, note('No files came with it.')]
  const others = files.slice(LISTED_MAX)
  const missing = files.filter(({ isShared, bytes }) => !isShared && bytes > 0).length
  const label = missing === files.length ? `Get all ${missing}` : `Get the other ${missing}`
  const all: Button = { type: 'button', action_id: GET_ALL, text: plain(label), value: 'all' }
  return [
    { type: 'divider' },
    note(files.length === 1 ? 'One file came with it.' : `${files.length} files came with it.`),
    ...files.slice(0, LISTED_MAX).flatMap(fileBlock),
    ...(others.length > 0 ? [otherFiles(others)] : []),
    ...(missing > 1 ? [{ type: 'actions' as const, elements: [all] }] : []),
  ]
}

function fileBlock(file: WholeFile): KnownBlock[] {
  const { what, isShared, error } = file
  const label = isShared ? 'In the thread' : error === undefined ? 'Get file' : 'Try again'
  const accessory: Button = { type: 'button', action_id: GET_FILE, text: plain(label), value: what }
  return [{ type: 'section', text: plain(fileWords(file)), accessory }, ...troubleBlocks(file)]
}

function fileWords({ name, type, bytes }: WholeFile): string {
  const shown = shownName(name)
  const risk = isRisky(shown) ? '\n⚠️ It can run on the computer that opens it.' : ''
  return `${shown}\n${sizeWords(bytes)}${type.length > TYPE_LENGTH ? '' : `, ${oneLine(type)}`}${risk}`
}

function otherFiles(files: readonly WholeFile[]): KnownBlock {
  const options = files.map(
    ({ what, name, bytes }): PlainTextOption => ({
      text: plain(shortenMiddle(`${sizeWords(bytes)} · ${shownName(name)}`, OPTION_LENGTH)),
      value: what,
    }),
  )
  const groups = Array.from({ length: Math.ceil(options.length / OPTIONS_MAX) }, (_, n) => {
    const some = options.slice(n * OPTIONS_MAX, (n + 1) * OPTIONS_MAX)
    const from = LISTED_MAX + n * OPTIONS_MAX
    return { label: plain(`${from + 1} to ${from + some.length}`), options: some }
  })
  return {
    type: 'actions',
    elements: [
      {
        type: 'static_select',
        action_id: GET_FILE_MENU,
        placeholder: plain(`Get one of ${files.length} more`),
        option_groups: groups,
      },
    ],
  }
}

export function troubleBlocks({ error }: WholeFile): KnownBlock[] {
  return error === undefined ? [] : [note(`⚠️ ${shorten(oneLine(error), ERROR_LENGTH)}`)]
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
