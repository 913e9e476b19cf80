// The thread that reads mail nobody has vouched for. It may be ended at any moment; nothing but its answer leaves it.
import { parentPort } from 'node:worker_threads'
import { type ParseTask, perform } from './parse-task.ts'

parentPort?.on('message', (task: ParseTask) => void perform(task).then((answer) => parentPort?.postMessage(answer)))
