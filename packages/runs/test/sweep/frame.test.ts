import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromFrame, toFrame } from '../../src/sweep/queue/frame.ts';
import { decodeOutcomes, decodeWork } from '../../src/sweep/queue/work-message.ts';

/** A frame with a given head. */
function frame(head: Uint8Array, rest = new Uint8Array()): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, rest]);
}
const json = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value));

describe('a message of a queue', () => {
  it('restores numbers and arrays', () => {
    const value = { loss: NaN, list: [-0, Infinity], w: Float32Array.of(1, 2) };
    expect(fromFrame(toFrame(value))).toEqual(value);
  });

  it.each([
    ['more numbers than bytes', { $: 'Float64Array', length: 2 ** 31 }],
    ['a negative length', { $: 'Float64Array', length: -1 }],
    ['no length', { $: 'Float64Array' }],
    ['a length in words', { $: 'Float64Array', length: 'many' }],
  ])('with %s is refused before memory is taken', (_, head) => {
    expect(() => fromFrame(frame(json(head)))).toThrow('frame: shorter than its arrays');
  });

  it('that inflates without end is refused', () => {
    // 200 MB in 200 kB.
    const bomb = frame(deflateRawSync(Buffer.alloc(200_000_000, 0x20)));
    expect(() => fromFrame(bomb)).toThrow(/larger than/);
    expect(() => decodeWork(bomb)).toThrow('not a message of polysem');
    expect(() => decodeOutcomes(bomb)).toThrow('not a message of polysem');
  });
});
