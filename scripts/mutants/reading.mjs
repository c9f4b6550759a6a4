// Reads a damaged file as a user would, with the public functions of @polysem/io.

import { bytesSource, FormatError, openTensors, readTable } from '@polysem/io';
import { parseLabels } from '@polysem/io/labels';
import { inflateBrotli } from '@polysem/io/node';
import { digestOfNumbers, digestOfTexts } from './values.mjs';

/**
 * Reads all values of the first file.
 *
 * @param read how: `tensors`, `table` or `labels`.
 * @param files the file and those beside it, { name, bytes }.
 * @returns {{ values: object[] } | { refusal: string } | { crash: string }} each value has a name and either a shape and
 *   a digest, or the reason why it is refused.
 */
export async function readFiles(read, files) {
  try {
    return { values: await READERS[read](files) };
  } catch (error) {
    return refusalOf(error);
  }
}

/** A damaged file may only be refused in one line; any other error is a fault. */
function refusalOf(error) {
  if (!(error instanceof FormatError)) return { crash: String(error?.stack ?? error) };
  const isOneLine = !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(error.message) && error.message.length < 1000;
  return isOneLine
    ? { refusal: error.message }
    : { crash: `a message of many lines: ${error.message}` };
}

const READERS = {
  tensors: async (files) => {
    const [{ name, bytes }] = files;
    const folder = {
      name: 'folder',
      open: async (wanted) => {
        const found = files.find((file) => file.name === wanted);
        return found && bytesSource(found.name, found.bytes);
      },
    };
    const file = await openTensors(bytesSource(name, bytes), { folder, brotli: inflateBrotli });
    const values = [];
    for (const { name: tensor } of file.entries) {
      // oxlint-disable-next-line no-await-in-loop -- one tensor in memory at a time
      values.push(...(await orRefusal(tensor, () => tensorValue(file, tensor))));
    }
    return values;
  },
  table: async ([{ name, bytes, columns }]) => {
    const source = bytesSource(name, bytes);
    if (columns === undefined) return columnValues(source, {});
    const values = [];
    for (const column of columns) {
      // oxlint-disable-next-line no-await-in-loop -- one column in memory at a time
      values.push(...(await orRefusal(column, () => columnValues(source, { columns: [column] }))));
    }
    return values;
  },
  labels: async ([{ name, bytes }]) => {
    const labels = parseLabels(new TextDecoder().decode(bytes), name);
    return [{ name: 'labels', shape: [labels.length, 'text'], digest: digestOfTexts(labels) }];
  },
};

async function columnValues(source, options) {
  const { columns } = await readTable(source, { ...options, brotli: inflateBrotli });
  return columns.map(({ name, values }) =>
    values instanceof Float64Array
      ? { name, shape: [values.length], digest: digestOfNumbers(values) }
      : { name, shape: [values.length, 'text'], digest: digestOfTexts(values) },
  );
}

async function tensorValue(file, name) {
  const { shape, data } = await file.read(name);
  return [{ name, shape, digest: digestOfNumbers(data) }];
}

/** The values that a function gives, or the reason why it refuses; other errors are thrown. */
async function orRefusal(name, run) {
  try {
    return await run();
  } catch (error) {
    const { crash, refusal } = refusalOf(error);
    if (crash !== undefined) throw error;
    return [{ name, refusal }];
  }
}
