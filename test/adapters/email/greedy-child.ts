// A parser that takes all the memory there is for a mail that begins with `greedy`, and reads any other.
import { type ParseTask, perform } from '../../../adapters/email/parse-task.ts'

const kept: string[][] = []

process.on('message', (task: ParseTask) => {
  if (!Buffer.from(task.raw).toString().startsWith('greedy'))
    return void perform(task).then((answer) => process.send?.(answer))
  for (;;) kept.push(Array.from({ length: 100_000 }, (_, n) => `${n}`))
})
process.on('disconnect', () => process.exit())
