import { csvFormat } from './csv/csv.ts';
import type { Format } from './format.ts';
import { ggufFormat } from './gguf/gguf.ts';
import { matFormat } from './mat/mat.ts';
import { npyFormat } from './npy/npy.ts';
import { npzFormat } from './npz/npz.ts';
import { onnxFormat } from './onnx/onnx.ts';
import { parquetFormat } from './parquet/parquet.ts';
import { safetensorsFormat } from './safetensors/safetensors.ts';
import { shardsFormat } from './shards/shards.ts';
import { torchFormat } from './torch/torch.ts';

/**
 * Every file format that polysem reads, in the order in which a file is tested for them: first those with a signature of
 * their own, then those known by the file's name or by less certain signs. To add a format, write its row and list it here.
 */
export const FORMATS: readonly Format[] = [
  npyFormat,
  torchFormat,
  npzFormat,
  ggufFormat,
  matFormat,
  parquetFormat,
  csvFormat,
  shardsFormat,
  onnxFormat,
  safetensorsFormat,
];

/** The lowest rank of a format's files in a folder; infinite if they are not looked for. */
function rankOf({ inFolders = [] }: Format): number {
  return Math.min(...inFolders.map(({ rank }) => rank));
}

/** Formats in the order in which help texts name them: the usual ones first. */
function formatsOf(kind: 'tensors' | 'tables'): Format[] {
  return FORMATS.filter((format) => format[kind === 'tensors' ? 'openTensors' : 'readTable'])
    .filter(({ extensions }) => extensions.length > 0)
    .toSorted((a, b) => Math.sign(rankOf(a) - rankOf(b)) || 0);
}

/**
 * Lists the extensions of files that hold tensors or tables, for help texts.
 *
 * @param kind what the files hold.
 * @returns the extensions, each with its dot, those of the most usual formats first.
 *
 * @example
 * ```js
 * import { fileExtensions } from 'polysem/io';
 * fileExtensions('tables'); // ['.parquet', '.csv', '.tsv']
 * ```
 */
export function fileExtensions(kind: 'tensors' | 'tables'): string[] {
  return formatsOf(kind).flatMap(({ extensions }) => extensions);
}

/** Names the formats of tensors in one sentence: `give safetensors (.safetensors), npy (.npy), .. or CSV (.csv, .tsv)`. */
export function giveTensors(): string {
  const names = formatsOf('tensors').map(
    ({ title, extensions }) => `${title} (${extensions.join(', ')})`,
  );
  return `give ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
