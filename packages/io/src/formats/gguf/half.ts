import { widenF16 } from '../../numbers/half.ts';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The number that the bits of a half float stand for. */
export function halfOf(half: number): number {
  bits[0] = widenF16(half);
  return value[0];
}

/** The half float at a byte, as a number. */
export function readHalf(view: DataView, at: number, littleEndian: boolean): number {
  return halfOf(view.getUint16(at, littleEndian));
}
