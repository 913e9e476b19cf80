import { defineConfig } from 'vitest/config'

// `house` reads the code itself and takes under a second; `desk` runs the product; `journey` kills it, again and again.
export default defineConfig({
  test: {
    // Most of a test's time is waiting for a database or a socket.
    maxWorkers: 4,
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          name: 'desk',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/fixtures/**', 'test/journey/**'],
          globalSetup: ['test/setup/engines.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // After the others: it starts the program hundreds of times and wants the machine for itself.
        test: {
          name: 'journey',
          include: ['test/journey/**/*.test.ts'],
          globalSetup: ['test/setup/engines.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
