// The process that reads large mails. Running out of memory here ends nothing else.
import { type ParseTask, perform } from './parse-task.ts'

process.on('message', (task: ParseTask) => void perform(task).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit()) // The program is gone; nobody waits for the answer.
