import { FormatError, quote } from '../bytes/format-error.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import type { FileHead } from './format.ts';

/** Longest text that is quoted in full, in bytes. */
const LONGEST_TEXT = 256;

/** Files that other programs read, by their first bytes, with the way to the weights in them. */
const OTHER_FILES: readonly (readonly [signature: readonly number[], problem: string])[] = [
  [[0x1f, 0x8b], 'is compressed by gzip; unpack it with gunzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is compressed by zstd; unpack it with zstd -d'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'is compressed by xz; unpack it with xz -d'],
  [[0x42, 0x5a, 0x68], 'is compressed by bzip2; unpack it with bunzip2'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'is a 7-Zip archive; unpack it with 7z x'],
  [[0x52, 0x61, 0x72, 0x21], 'is a RAR archive; unpack it with unrar x'],
  [
    [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
    'is an HDF5 file; read it with h5py and write the matrix with numpy.save',
  ],
];

/**
 * Refuses what was saved under the name of weights but can never be a file of weights: a pointer of Git LFS, a web page,
 * the error of a server, and one part of a distributed checkpoint.
 *
 * @throws FormatError that says what the file is and how to get the weights.
 */
export function refuseImpostor({ source, start }: FileHead): void {
  const problem = /\.distcp$/i.test(source.name)
    ? `is one part of ${DISTRIBUTED}`
    : impostorIn(textOf(start));
  if (problem !== null) throw new FormatError(source.name, problem);
}

const DISTRIBUTED =
  'a distributed checkpoint of PyTorch (.distcp); join the parts: python -m torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER model.pt';

/** Says that a folder is a distributed checkpoint, and how to join its parts; null if it holds no such parts. */
export function distributedCheckpoint(names: readonly string[]): string | null {
  if (!names.some((name) => /\.distcp$/i.test(name))) return null;
  return `is ${DISTRIBUTED}`;
}

/** Says what a text is that was saved under the name of another file; null if that is not apparent. */
export function impostorIn(text: string): string | null {
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    const size = /^size (\d+)$/m.exec(text)?.[1];
    const missing = size === undefined ? 'the file' : `the file of ${size} bytes`;
    return `is a Git LFS pointer, not ${missing} that it stands for; run git lfs pull in its repository, or download the file`;
  }
  if (/^\s*<(?:!doctype|html|head|body|\?xml|error)[\s>]/i.test(text)) {
    return 'is a web page, not a file of weights; the download failed: open the address in a browser, log in if it asks, and download the file again';
  }
  const answer = /^\s*\{\s*"(?:error|message|detail)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return answer === undefined ? null : answered(answer);
}

function answered(text: string): string {
  return `is not a file of weights but the text ${text}; if a server answered so, log in or set HF_TOKEN, and download the file again`;
}

/** Says what a file is that no format recognises, if its first bytes tell; otherwise returns null. */
export function otherFile({ start }: FileHead): string | null {
  const known = OTHER_FILES.find(([signature]) => signature.every((byte, i) => start[i] === byte));
  return known === undefined ? null : known[1];
}

/**
 * Refuses one short line of words, as servers answer, such as `Invalid username or password`; tables may look like this.
 *
 * @throws FormatError that quotes the line.
 */
export function refuseAnswer({ source, start }: FileHead): void {
  if (/\.[ct]sv$/i.test(source.name)) return;
  const text = textOf(start);
  if (isOneLine(source, text))
    throw new FormatError(source.name, answered(quote(text.trim(), 100)));
}

function isOneLine(source: ByteSource, text: string): boolean {
  return source.size <= LONGEST_TEXT && /^\p{L}[\p{L}\p{N}\p{P}]* [^\p{Cc}]+\s*$/u.test(text);
}

/** The first bytes as text, without a character that they cut; '' if they are not text. */
function textOf(start: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(start, { stream: true });
  return text.includes('\uFFFD') ? '' : text;
}
