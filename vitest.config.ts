import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests read the sources, so that a stale build can never answer for them.
  resolve: { conditions: ['polysem-source'] },
  ssr: { resolve: { conditions: ['polysem-source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/seed.ts', 'test/fast-vectors.ts'],
    // Whole commands are started in some tests, on machines that may have other work.
    testTimeout: 120_000,
  },
});
