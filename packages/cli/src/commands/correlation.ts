import type { Correlation, Groups } from '@polysem/core/features';
import { UsageError } from '../errors.ts';
import { parseMatrixFlags, type MatrixFlags } from '../matrix-flags.ts';
import { parseChoice, parseNumber } from '../parse.ts';
import { readTensorFile } from '../read-tensor.ts';
import { CORRELATIONS } from './correlation-forms.ts';

/**
 * Parses `--correlation`: `together` or `one-of` with the size of consecutive groups or lists of features, or `copula` with
 * one loading for all features or a file with one loading per feature or a correlation matrix. `flags` give the layout of a
 * table.
 */
export async function parseCorrelation(text: string, flags: MatrixFlags): Promise<Correlation> {
  const at = text.indexOf(':');
  if (at < 0) {
    throw new UsageError(`--correlation: expected ${CORRELATIONS}, got ${JSON.stringify(text)}`);
  }
  const kind = parseChoice(text.slice(0, at), '--correlation', [
    'together',
    'one-of',
    'copula',
  ] as const);
  const rest = text.slice(at + 1);
  return kind === 'copula' ? parseCopula(rest, flags) : { kind, groups: parseGroups(rest) };
}

/** Parses groups; the core checks that the features exist. */
function parseGroups(text: string): Groups {
  if (!text.startsWith('[')) return parseNumber(text, '--correlation');
  let lists: unknown;
  try {
    lists = JSON.parse(text);
  } catch {
    lists = null;
  }
  if (!Array.isArray(lists) || !lists.every((list) => Array.isArray(list))) {
    throw new UsageError(
      `--correlation: expected lists of features such as [[0,1],[2,4]], got ${JSON.stringify(text)}`,
    );
  }
  return lists as number[][];
}

/** True if `--correlation` names a file. */
export function isCopulaFile(text: string | undefined): boolean {
  const [, rest] = /^copula:(.*)$/s.exec(text ?? '') ?? [];
  return rest !== undefined && !isLoading(rest);
}

/** True if the text is one loading rather than the name of a file. */
function isLoading(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

async function parseCopula(text: string, flags: MatrixFlags): Promise<Correlation> {
  if (isLoading(text)) return { kind: 'copula', loadings: Number(text) };
  const { shape, data } = await readTensorFile(text, '--correlation', parseMatrixFlags(flags));
  const numbers = Array.from(data);
  const [rows, columns] = shape;
  if (shape.length === 1) return { kind: 'copula', loadings: numbers };
  if (shape.length !== 2 || rows !== columns) {
    throw new UsageError(
      `--correlation: ${text} has shape ${shape.join(' x ')}; a copula needs one loading per feature or a square correlation matrix`,
    );
  }
  const matrix = Array.from({ length: rows }, (_, i) => numbers.slice(i * rows, (i + 1) * rows));
  return { kind: 'copula', matrix };
}
