import { afterAll } from 'vitest';
import { cleanUp } from './polysem.ts';

// Workers load `polysem.ts` once, and this file again for each file of tests.
afterAll(cleanUp);
