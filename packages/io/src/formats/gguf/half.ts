import { widenF16 } from '../../numbers/half.ts';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** Decodes the bits of a half float. */
export function halfOf(half: number): number {
  bits[0] = widenF16(half);
  return value[0];
}

/** Reads the half float at a byte. */
export function readHalf(view: DataView, at: number, littleEndian: boolean): number {
  return halfOf(view.getUint16(at, littleEndian));
}
