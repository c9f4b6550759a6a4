import { describe, expect, it } from 'vitest';
import { elapsedTime } from '../src/clock/index.ts';

function clockReading(...readings: number[]): () => number {
  return elapsedTime(() => readings.shift() as number);
}

describe('the elapsed time', () => {
  it('is the difference of readings while they increase', () => {
    const now = clockReading(1000, 1000, 1003.5, 1010);
    expect([now(), now(), now()]).toEqual([0, 3.5, 10]);
  });

  it('never decreases, and goes on after the clock is set back', () => {
    const now = clockReading(1e6, 1e6 + 5, 10, 12, -1e9, -1e9 + 4);
    expect([now(), now(), now(), now(), now()]).toEqual([5, 5, 7, 7, 11]);
  });
});
