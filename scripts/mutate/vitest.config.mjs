// Runs the tests named in POLYSEM_MUTANT_TESTS one after another in this order, and stops at the first failure. The build
// stands already, with the mutant in it.
import { BaseSequencer } from 'vitest/node';
import base from '../../vitest.config.ts';

const order = JSON.parse(process.env.POLYSEM_MUTANT_TESTS ?? '[]');

const place = ({ moduleId }) => order.findIndex((test) => moduleId.endsWith(test));

class NearestFirst extends BaseSequencer {
  sort(files) {
    return Promise.resolve(files.toSorted((a, b) => place(a) - place(b)));
  }
}

export default {
  ...base,
  test: {
    ...base.test,
    root: new URL('../..', import.meta.url).pathname,
    // Projects would choose the test files themselves.
    projects: undefined,
    globalSetup: [],
    include: order,
    sequence: { sequencer: NearestFirst },
    maxWorkers: 1,
    bail: 1,
    cache: false,
  },
};
