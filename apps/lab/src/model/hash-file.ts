import { sha256 } from '@polysem/core/features';
import { fileSource, openUrl, type ByteSource } from '@polysem/io/bytes';
import { isConfigName, isLabelName } from './label-name.ts';
import type { ModelPlace } from './messages.ts';
import { isOwn } from './open-place.ts';

/** Bytes hashed at a time. */
const PIECE = 4 * 2 ** 20;

/** The SHA-256 of a file; null for several files, and for a file elsewhere, of which only parts are read. */
export async function hashOf(place: ModelPlace): Promise<string | null> {
  if ((await figuresSource(place)) !== null) return null;
  const source = await wholeSource(place);
  if (source === null) return null;
  const hash = sha256();
  for (let at = 0; at < source.size; at += PIECE) {
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    hash.add(await source.read(at, Math.min(PIECE, source.size - at)));
  }
  return hash.end();
}

/** A file that may hold the figures of `polysem measure --json`; null for weights. */
export async function figuresSource(place: ModelPlace): Promise<ByteSource | null> {
  const [name] = place.kind === 'files' ? place.files.map((file) => file.name) : [place.name];
  const isOne = place.kind === 'address' || place.files.length === 1;
  if (!isOne || !/\.json$/i.test(name) || /\.index\.json$/i.test(name)) return null;
  const source = await wholeSource(place);
  return source && { ...source, name };
}

async function wholeSource(place: ModelPlace): Promise<ByteSource | null> {
  if (place.kind === 'address') return isOwn(place.address) ? openUrl(place.address) : null;
  const weights = place.files.filter(({ name }) => !isLabelName(name) && !isConfigName(name));
  return weights.length === 1 ? fileSource(weights[0]) : null;
}
