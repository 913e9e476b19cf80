// The process that reads one large mail and ends. Running out of memory here ends nothing else.
import { type ParseTask, perform } from './parse-task.ts'

process.once('message', (task: ParseTask) => {
  void perform(task).then((answer) => process.send?.(answer, () => process.disconnect()))
})
