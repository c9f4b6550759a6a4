// Runs tests of one copy of the repository, the files in the order given, and stops at the first failure.
import { BaseSequencer } from 'vitest/node';
import base, { MODULES, REPLACING } from '../../vitest.config.ts';

class AsGiven extends BaseSequencer {
  sort(files) {
    return Promise.resolve(files);
  }
}

export default {
  ...base,
  test: {
    ...base.test,
    root: new URL('../..', import.meta.url).pathname,
    projects: undefined,
    // The copy is built already.
    globalSetup: [],
    include: [...MODULES, ...REPLACING],
    isolate: false,
    sequence: { sequencer: AsGiven },
    maxWorkers: 1,
    bail: 1,
    cache: false,
  },
};
