import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests read the sources, so that a stale build can never answer for them.
  resolve: { conditions: ['polysem-source'] },
  ssr: { resolve: { conditions: ['polysem-source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/seed.ts', 'test/fast-vectors.ts'],
    // Limits are for what hangs and measure nothing: some tests take half a minute of an idle machine, and others may be
    // at work on it.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // Else one core would stand by: half of the machine where there are two.
    maxWorkers: '100%',
  },
});
