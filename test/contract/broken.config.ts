import { defineConfig } from 'vitest/config'

// Only for broken.test.ts, which wants these to fail.
export default defineConfig({ test: { include: ['test/contract/broken-adapters.ts'], testTimeout: 60_000 } })
