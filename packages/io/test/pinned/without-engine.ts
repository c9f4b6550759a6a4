/** An outcome as text, without the words of JSON.parse and without the place where zlib stops, which differ between versions of Node. */
export function withoutEngine(outcome: unknown): string {
  return JSON.stringify(outcome, (key, value: unknown) =>
    key === 'refusal' && typeof value === 'string'
      ? value
          .replace(/( JSON: ).*/, '$1')
          .replace(
            /claims \d+ bytes but has only \d+;.*|its compressed data are damaged/,
            'damaged',
          )
      : value,
  );
}
