import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearProgress, showProgress } from '../src/progress.ts';

const { isTTY, columns } = process.stderr;
let written: string[];
beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  clearProgress();
  vi.useRealTimers();
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
});

function onTerminal(isTerminal: boolean, width = 80): void {
  Object.assign(process.stderr, { isTTY: isTerminal, columns: width });
}

/** Reports the given number of seconds of a task that takes a hundred, ten times per second. */
function work(update: (label: string, done: number) => void, label: string, seconds: number): void {
  for (let step = 1; step <= seconds * 10; step++) {
    vi.advanceTimersByTime(100);
    update(label, step / 1000);
  }
}

describe('progress without a terminal', () => {
  it('prints a line every ten seconds with the remaining time', () => {
    onTerminal(false);
    const { update, end } = showProgress();
    work(update, 'w: frame operator', 35);
    end();
    expect(written).toEqual([
      expect.stringMatching(/^w: frame operator: (?:9|10)%, 2 min left\n$/),
      expect.stringMatching(/^w: frame operator: (?:19|20)%, 8\d s left\n$/),
      expect.stringMatching(/^w: frame operator: (?:29|30)%, 7\d s left\n$/),
    ]);
  });

  it('continues across short stages, and prints nothing for finished ones', () => {
    onTerminal(false);
    const { update } = showProgress();
    for (let stage = 0; stage < 5; stage++) {
      work(update, `stage ${stage}`, 6);
      update(`stage ${stage}`, 1);
    }
    expect(written.length).toBe(3);
    expect(new Set(written.map((line) => line.slice(0, 7))).size).toBe(3);
    for (const line of written) expect(line).toMatch(/^stage \d: \d%, \d+ (?:s|min) left\n$/);
  });
});

describe('progress for programs', () => {
  beforeEach(() => void vi.stubEnv('POLYSEM_PROGRESS', 'json'));
  afterEach(() => void vi.unstubAllEnvs());

  it('is one JSON object per line, at most five per second, and nothing else', () => {
    onTerminal(true);
    const { update, end } = showProgress();
    work(update, 'a', 2);
    work(update, 'b', 1);
    end();
    const events = written.map((line) => {
      expect(line.endsWith('\n')).toBe(true);
      return JSON.parse(line) as Record<string, unknown>;
    });
    expect(events).toHaveLength(15);
    expect(events[0]).toEqual({
      event: 'progress',
      label: 'a',
      done: 0.001,
      detail: '',
      left: null,
    });
    const { left, ...last } = events[9];
    expect(last).toEqual({ event: 'progress', label: 'a', done: 0.019, detail: '' });
    // Work advances by 0.001 in 0.1 s, so the rest takes 98.1 s.
    expect(left).toBeCloseTo(98.1, 6);
    expect(events[10]).toMatchObject({ label: 'b', done: 0.001 });
  });
});

describe('progress on a terminal', () => {
  it('draws a bar that fits the line, and removes it before other output', () => {
    onTerminal(true, 60);
    const { update } = showProgress();
    work(update, `${'model.layers.10.mlp.down_proj.weight'.repeat(2)}: features`, 3);
    expect(written.length).toBeGreaterThan(10);
    for (const line of written) {
      expect(line.startsWith('\r\u001B[K')).toBe(true);
      expect(line.slice(4)).toMatch(/^[█░]{24} +\d+%  /);
      expect(line.slice(4).length).toBeLessThan(60);
    }
    expect(written.at(-1)).toMatch(/  model\.\S+…\S*features, 2 min left$/);
    written = [];
    clearProgress();
    clearProgress();
    expect(written).toEqual(['\r\u001B[K']);
  });
});
