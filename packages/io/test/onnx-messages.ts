// ONNX models, field by field.
import { concat } from './helpers.ts';

/** An integer in groups of seven bits, the lowest first. */
export const base128 = (value: number | bigint): Uint8Array => {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) return Uint8Array.from(bytes);
  }
};
/** A field that holds an integer. */
export const varint = (number: number, value: number | bigint) =>
  concat(base128(number * 8), base128(value));
/** A field that holds bytes, text or a message. */
export const field = (number: number, content: Uint8Array | string) =>
  concat(base128(number * 8 + 2), base128(Buffer.from(content as Uint8Array).length), content);
/** A StringStringEntryProto, such as a place of external data. */
export const pair = (key: string, value: string) => concat(field(1, key), field(2, value));
/** An initialiser of a graph. */
export const tensor = (
  name: string,
  dims: (number | bigint)[],
  type: number,
  ...rest: Uint8Array[]
) =>
  field(5, concat(...dims.map((dim) => varint(1, dim)), varint(2, type), field(8, name), ...rest));
/** A Constant node of a graph. */
export const constant = (name: string, dims: number[], type: number, ...rest: Uint8Array[]) => {
  const value = tensor('', dims, type, ...rest).subarray(1);
  const content = value.subarray(value.findIndex((byte) => byte < 128) + 1);
  const attribute = field(5, concat(field(1, 'value'), field(5, content)));
  return field(1, concat(field(2, name), field(4, 'Constant'), attribute));
};
/** A model with the given fields of its graph. */
export const model = (...graph: Uint8Array[]) => concat(varint(1, 9), field(7, concat(...graph)));
