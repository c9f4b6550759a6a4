import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';

/** One field of a message in a source; `begin` and `end` exclude the length of strings, bytes and messages. */
export interface MessageField {
  readonly number: number;
  readonly wireType: WireType;
  readonly begin: number;
  readonly end: number;
}

/** Reads bytes of a source and keeps those around them for the next call. */
export type Peek = (offset: number, length: number) => Promise<Uint8Array>;

/** Small, because gigabytes of weights can follow the head of a field. */
const WINDOW = 1 << 14;
/** A tag has at most 5 bytes, an integer or a length at most 10. */
const LONGEST_HEAD = 15;

/** Makes a `Peek` of a source; callers must not change the bytes that it returns. */
export function peeking(source: ByteSource): Peek {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      const rest = source.size - offset;
      window = await source.read(offset, Math.max(length, Math.min(WINDOW, rest)));
      start = offset;
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

/**
 * Iterates over the fields of the protobuf message between `begin` and `end`. Contents are skipped, so a field of
 * gigabytes costs no more than a number.
 *
 * Source: https://protobuf.dev/programming-guides/encoding.
 * Rejects with FormatError if the message is damaged.
 */
export async function* messageFields(
  source: ByteSource,
  peek: Peek,
  begin: number,
  end: number,
): AsyncGenerator<MessageField> {
  let at = begin;
  while (at < end) {
    // oxlint-disable-next-line no-await-in-loop -- where a field begins depends on those before
    const reader = new BinaryReader(await peek(at, Math.min(LONGEST_HEAD, end - at)));
    const field = readHead(source, reader, at);
    if (field.end > end) {
      throw new FormatError(
        source.name,
        `a field at byte ${at} ends at ${field.end}, beyond the end of its message at ${end}; the file is truncated or damaged`,
      );
    }
    yield field;
    at = field.end;
  }
}

function readHead(source: ByteSource, reader: BinaryReader, at: number): MessageField {
  try {
    const [number, wireType] = reader.tag();
    const field = (length: number, start = at + reader.pos): MessageField => {
      return { number, wireType, begin: start, end: start + length };
    };
    switch (wireType) {
      case WireType.Varint: {
        const start = at + reader.pos;
        reader.uint64();
        return field(at + reader.pos - start, start);
      }
      case WireType.Bit32:
        return field(4);
      case WireType.Bit64:
        return field(8);
      case WireType.LengthDelimited: {
        const length = Number(reader.uint64());
        return field(length);
      }
      default:
        throw new Error('groups are not used by ONNX');
    }
  } catch (cause) {
    throw new FormatError(
      source.name,
      `has no valid protobuf field at byte ${at}; the file is damaged, or not an ONNX model`,
      { cause },
    );
  }
}
