import { allowFastVectors } from '../packages/threads/src/fast-vectors.ts';

// Kernels run in tests as they do in the command line.
allowFastVectors();
