import { allowFastVectors } from '../packages/threads/src/fast-vectors.ts';

// Tests run kernels with the same settings of V8 as the command line.
allowFastVectors();
