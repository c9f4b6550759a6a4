const SMALL = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** A count in words up to twelve, then in digits. */
export function countWord(count: number): string {
  return SMALL[count] ?? String(count);
}

/** A word with a capital. */
export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Three significant digits without trailing zeros and without exponents where possible. */
export function short(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : 'none';
  const rounded = Number(value.toPrecision(digits));
  return String(rounded).replace('-', '−').replace('e−', 'e-');
}

/** A probability as per cent. */
export function percent(value: number): string {
  return `${short(100 * value, 2)} %`;
}

/** A capacity: two decimals. */
export function share(value: number): string {
  return Number.isNaN(value) ? 'none' : value.toFixed(2);
}

/** The change of a capacity, with its sign. */
export function changed(by: number): string {
  const digits = Math.abs(by).toFixed(2);
  return digits === '0.00' ? digits : `${by < 0 ? '−' : '+'}${digits}`;
}

/** Seconds left, for progress. */
export function timeLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
}

/** The value of an axis. */
export function axisLabel(parameter: string, value: number): string {
  return parameter === 'density' ? percent(value) : short(value);
}

/** The shapes of a network, such as `feature alone, 2 × antipodal pair`. */
export function shapeWords(
  blocks: readonly { readonly name: string; readonly features: readonly number[] }[],
): string {
  const counts = new Map<string, number>();
  for (const { name, features } of blocks) {
    const text = features.length === 1 ? 'feature alone' : name;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
}
