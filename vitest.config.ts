import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: ['test/hardware/**'],
          testTimeout: 60_000,
          // It imports JSON as bundlers do, not as Node does.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
      {
        test: {
          name: 'hardware',
          include: ['test/hardware/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
        },
      },
    ],
  },
});
