import type { z } from 'zod';
import { nearestNames, suggestion } from '../../nearest-names.ts';
import type { SweepDocument } from './document.ts';
import { documents } from './schema.ts';
import { problemAt, type Path, type Source } from './source.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks the form of a document.
 *
 * @param data the data.
 * @param source its text, for messages; null for data without a text.
 * @returns the document.
 * @throws UsageError for the first value that does not fit.
 */
export function checkDocument(data: unknown, source: Source | null): SweepDocument {
  const names = Object.keys(documents);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw problemAt(source, [], `expected an object such as compute: train, got ${shown(data)}`);
  const { compute } = data as { readonly compute?: unknown };
  if (compute === undefined)
    throw problemAt(source, ['compute'], `is missing; add one of ${names.join(', ')}`);
  if (typeof compute !== 'string' || !Object.hasOwn(documents, compute))
    throw problemAt(source, ['compute'], notOneOf(compute, names));
  const checked = documents[compute].safeParse(data, { reportInput: true });
  if (checked.success) return checked.data as unknown as SweepDocument;
  const [issue] = checked.error.issues;
  const { path, message } = problemOf(issue, data, documents[compute]);
  throw problemAt(source, path, message);
}

/**
 * Describes the problem of a value in one sentence.
 *
 * @param issue the issue that the schema reports.
 * @param found the value.
 * @returns found and allowed values.
 */
export function sentenceOf(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (found === undefined) return `is missing; add ${expectedOf(issue.expected)}`;
      return `expected ${expectedOf(issue.expected)}, got ${shown(found)}${hint(issue.expected, found)}`;
    case 'invalid_value':
      return notOneOf(found, issue.values.map(String));
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}, got ${sizeOf(found)}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}, got ${sizeOf(found)}`;
    default:
      return `${issue.message}, got ${shown(found)}`;
  }
}

function problemOf(
  issue: Issue,
  data: unknown,
  schema: z.ZodType,
): { readonly path: Path; readonly message: string } {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const allowed = keysAt(schema, path);
    const near =
      allowed.length > MOST_NAMES
        ? suggestion(key, allowed) || `; did you mean ${nearestNames(key, allowed).join(', ')}?`
        : `${suggestion(key, allowed)}; allowed: ${allowed.join(', ')}`;
    return { path: [...path, key], message: `is not known${near}` };
  }
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], data);
  return { path, message: sentenceOf(issue, found) };
}

/** Keys of the object at a path of a schema. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let at: unknown = schema;
  for (const key of [...path, null]) {
    for (let inner = innerOf(at); inner !== undefined; inner = innerOf(at)) at = inner;
    if (key === null) break;
    const { shape, element } = at as { shape?: Record<string, unknown>; element?: unknown };
    at = shape === undefined ? element : shape[key];
  }
  return Object.keys((at as { shape?: object } | undefined)?.shape ?? {});
}

/** The schema inside an optional or nullable one. */
function innerOf(schema: unknown): unknown {
  return (schema as { def?: { innerType?: unknown } } | undefined)?.def?.innerType;
}

const EXPECTED: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'an integer',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const expectedOf = (name: string): string => EXPECTED[name] ?? name;

/** The noun for a number of values or letters. */
function unitOf(origin: string, count: number | bigint): string {
  const noun = { array: ' value', string: ' letter' }[origin];
  return noun === undefined ? '' : `${noun}${Number(count) === 1 ? '' : 's'}`;
}

function sizeOf(found: unknown): string {
  return Array.isArray(found) ? String(found.length) : shown(found);
}

/** YAML 1.2 reads yes, no, on and off as text. */
function hint(expected: string, found: unknown): string {
  const isWord = typeof found === 'string';
  if (expected === 'boolean' && isWord && /^(?:yes|on|no|off)$/i.test(found))
    return '; write true or false';
  if (expected === 'number' && isWord && found.trim() !== '' && Number.isFinite(Number(found)))
    return '; leave out the quotes';
  return '';
}

/** Most names that a message lists. */
const MOST_NAMES = 12;

function notOneOf(found: unknown, names: readonly string[]): string {
  if (names.length > MOST_NAMES && typeof found === 'string')
    return `${shown(found)} is not known; did you mean ${nearestNames(found, names).join(', ')}?`;
  const list = `expected ${names.length === 1 ? names[0] : `one of ${names.join(', ')}`}`;
  const close = typeof found === 'string' ? suggestion(found, names) : '';
  return `${list}, got ${shown(found)}${close}`;
}

/** Characters of a value that messages show. */
const SHOWN = 60;

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = (typeof value === 'number' ? String(value) : JSON.stringify(value)) ?? 'nothing';
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}..`;
}
