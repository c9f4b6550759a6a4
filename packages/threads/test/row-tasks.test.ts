import { typescriptKernel } from '@polysem/engine/kernels';
import { describe, expect, it } from 'vitest';
import { rowTasks } from '../src/row-tasks.ts';

describe('a worker that computes rows only', () => {
  it('refuses to measure', () => {
    const doTask = rowTasks(typescriptKernel);
    expect(() => doTask('frame' as never, {} as never)).toThrow(
      'frame: this worker computes rows only',
    );
  });
});
