import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';

/** One field of a message in a source, and where its value lies there; of texts, bytes and messages without the length. */
export interface MessageField {
  readonly number: number;
  readonly wireType: WireType;
  readonly begin: number;
  readonly end: number;
}

/** Bytes of a source that are read by and by, with those around them kept at hand. */
export type Peek = (offset: number, length: number) => Promise<Uint8Array>;

/** Small, since what follows a field's head may be gigabytes of weights. */
const WINDOW = 1 << 14;
/** A tag has at most 5 bytes, an integer or a length at most 10. */
const LONGEST_HEAD = 15;

/** Makes `Peek` of a source; the bytes it gives are not to be changed. */
export function peeking(source: ByteSource): Peek {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      const rest = Math.max(0, source.size - offset);
      window = await source.read(offset, Math.max(length, Math.min(WINDOW, rest)));
      start = offset;
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

/**
 * The fields of the protobuf message that lies from `begin` to `end`, one after the other. What is in them is passed over,
 * so that a field of gigabytes costs no more than a number.
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
        `a field at byte ${at} ends at ${field.end}, beyond the message around it, ${end}; the file is truncated or damaged`,
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
      `has no sound protobuf field at byte ${at}; the file is damaged, or no ONNX model`,
      { cause },
    );
  }
}
