import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { StreamSpectrum } from '@polysem/core';

/** A first line of JSON, filled up with spaces to so many bytes, so that the numbers after it are aligned. */
const HEAD = 512;

/**
 * Keeps the spectrum of a measurement that has yet to measure its features, whole or not at all. Numbers are written as
 * they lie in memory, since a copy of the eigenvectors could be as large as all else that a measurement takes.
 */
export function keepSpectrum(path: string, identity: string, spectrum: StreamSpectrum): void {
  const { eigenvalues, vectors, ...rest } = spectrum;
  const half = `${path}.tmp`;
  const file = openSync(half, 'w');
  try {
    writeSync(file, `${JSON.stringify({ identity, ...rest }).padEnd(HEAD - 1)}\n`);
    for (const numbers of [eigenvalues, vectors]) {
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
  renameSync(half, path);
}

/** The spectrum that was kept under an identity; undefined if there is none. */
export function readSpectrum(path: string, identity: string): StreamSpectrum | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const head = parsed(bytes.subarray(0, HEAD).toString());
  if (head?.identity !== identity) return undefined;
  const { identity: _, ...rest } = head;
  const { rank, dims } = rest;
  if (bytes.length !== HEAD + 8 * (rank + rank * dims)) return undefined;
  const numbers = new Float64Array(rank + rank * dims);
  new Uint8Array(numbers.buffer).set(bytes.subarray(HEAD));
  return { ...rest, eigenvalues: numbers.slice(0, rank), vectors: numbers.slice(rank) };
}

/** Removes what was kept: the measurement is finished. */
export function dropSpectrum(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.tmp`, { force: true });
}

type Head = Omit<StreamSpectrum, 'eigenvalues' | 'vectors'> & { readonly identity: string };

function parsed(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined;
  }
}
