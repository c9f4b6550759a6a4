import { describe, expect, it } from 'vitest';
import { initialState, networkOf, type NetworkState } from '../src/state/state.ts';
import {
  capacityWords,
  lossWords,
  settingWords,
  type Compared,
} from '../src/view/compare-words.ts';
import type { LabResult } from '../src/workers/messages.ts';
import type { Snapshot } from '../src/workers/snapshot.ts';

const network = (change: Partial<NetworkState> = {}): NetworkState => ({
  ...networkOf(initialState),
  ...change,
});

/** A trained network with a loss on held-out inputs. */
function trained(change: Partial<NetworkState>, loss: number, lossError: number | null): Compared {
  const shown = { capacity: Float64Array.of(0.6, 0.4), loss };
  return {
    network: network(change),
    shown,
    result: { loss, lossError } as LabResult,
    held: null,
  };
}

/** A held network. */
function held(change: Partial<NetworkState>, loss: number, free: number): Compared {
  const shown = { capacity: Float64Array.of(0.9, 0.1), loss };
  const hold = { feature: 0, capacity: 0.9 };
  return {
    network: network({ hold, ...change }),
    shown,
    result: null,
    held: { snapshot: shown as Snapshot, loss, free },
  };
}

describe('the comparison with a pinned network', () => {
  it('names the settings that differ, also by less than is shown', () => {
    expect(settingWords(network(), network())).toBe('the same settings as now');
    expect(
      settingWords(
        network({ dims: 1, density: 0.2, seed: 7, step: 30 }),
        network({ density: 0.5, hold: { feature: 1, capacity: 0.25 } }),
      ),
    ).toBe(
      '1 dimension (now 3), density 20 % (now 50 %), seed 7 (now 0), at step 30 (now the end), ' +
        'free (now feature 1 held at 0.25)',
    );
    expect(settingWords(network({ importance: [1, 2] }), network({ importance: 4 }))).toBe(
      'importance 1 2 (now 4)',
    );
    expect(settingWords(network({ density: 0.2 }), network({ density: 0.200001 }))).toBe(
      'density 20 % (now 20 %)',
    );
  });

  it('compares losses of one problem, beyond their error', () => {
    const before = trained({}, 0.1, 0.001);
    expect(lossWords(before, trained({ dims: 2 }, 0.12, 0.001))).toBe(
      'Loss 0.1, now 0.12 (+20 %).',
    );
    expect(lossWords(before, trained({ seed: 1 }, 0.102, 0.001))).toBe(
      'Loss 0.1, now 0.102, the same within the error.',
    );
    expect(lossWords(before, trained({ density: 0.5 }, 0.2, 0.001))).toBe(
      'Loss 0.1, now 0.2: these belong to different problems.',
    );
    expect(lossWords(before, trained({ step: 10 }, 0.2, 0.001))).toBe('Loss 0.1, now 0.2.');
  });

  it('compares a held loss with one on the same inputs', () => {
    const free = trained({}, 0.09, 0.001);
    expect(lossWords(free, held({}, 0.103, 0.1))).toBe(
      'Holding costs +3 %: loss 0.103, left alone 0.1 on the same inputs.',
    );
    expect(lossWords(held({}, 0.102, 0.1), held({}, 0.1071, 0.1))).toBe(
      'Loss 0.102, now 0.1071 (+5 %).',
    );
    const exact = { task: 'computation', activation: 'quadratic' } as const;
    expect(lossWords(trained(exact, 2, null), held(exact, 2.1, 2))).toBe('Loss 2, now 2.1 (+5 %).');
  });

  it('names the capacity that differs most', () => {
    const before = trained({}, 0.1, null);
    expect(capacityWords(before, before)).toBe('No capacity differs.');
    expect(capacityWords(before, held({}, 0.1, 0.1))).toBe(
      'Largest change: feature 0, 0.60, now 0.90 (+0.30).',
    );
  });
});
