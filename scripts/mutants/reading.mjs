// Reads a damaged file as a user would, with public functions.

import { bytesSource, FormatError, openTensors, readTable } from '@polysem/io';
import { parseLabels } from '@polysem/io/labels';
import { findFeatures, readHints } from '@polysem/io/layouts';
import { inflateBrotli } from '@polysem/io/node';
import { LIMITS } from '@polysem/lab/limits';
import { parseResult } from '@polysem/reports/results';
import { UsageError } from '@polysem/runs/usage-error';
import { parseSweep, planSweep } from '@polysem/runs/sweep';
import { digestOfNumbers, digestOfTexts } from './values.mjs';

/**
 * Reads all values of the first file.
 *
 * @param read how: a key of READERS.
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
  if (!(error instanceof FormatError || error instanceof UsageError))
    return { crash: String(error?.stack ?? error) };
  const isOneLine = !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(error.message) && error.message.length < 1000;
  return isOneLine
    ? { refusal: error.message }
    : { crash: `a message of many lines: ${error.message}` };
}

const READERS = {
  tensors: async (files) => {
    const file = await opened(files, folderOf(files));
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
    return [textValue('labels', labels)];
  },
  dictionaries: async (files) => {
    const folder = folderOf(files);
    const file = await opened(files, folder);
    const hints = await readHints({ file, path: files[0].name, folder });
    const { features, notes } = findFeatures(file.entries, hints);
    return [textValue('features', [...features.map((found) => JSON.stringify(found)), ...notes])];
  },
  sweep: async ([{ name, bytes }]) => {
    const { data, source } = parseSweep(new TextDecoder().decode(bytes), name);
    const plan = planSweep(data, { source });
    return [textValue('plan', [plan.identity, plan.cell(0).id, plan.cell(plan.size - 1).id])];
  },
  result: async ([{ name, bytes }]) => {
    const result = parseResult(new TextDecoder().decode(bytes), name, LIMITS);
    return [textValue('result', [JSON.stringify(result)])];
  },
};

function folderOf(files) {
  return {
    name: 'folder',
    open: async (wanted) => {
      const found = files.find((file) => file.name === wanted);
      return found && bytesSource(found.name, found.bytes);
    },
    list: async () => files.map(({ name }) => name),
  };
}

function opened([{ name, bytes }], folder) {
  return openTensors(bytesSource(name, bytes), { folder, brotli: inflateBrotli });
}

function textValue(name, texts) {
  return { name, shape: [texts.length, 'text'], digest: digestOfTexts(texts) };
}

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
