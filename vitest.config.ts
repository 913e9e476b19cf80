import { defineConfig } from 'vitest/config'

// Two projects: `house` reads the code itself and takes under a second; `desk` runs the product.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          name: 'desk',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/fixtures/**'],
          globalSetup: ['test/setup/postgres.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
