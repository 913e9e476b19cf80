// A parser that never answers and never yields, as a regular expression gone wrong would be.
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', () => {
  for (;;);
})
