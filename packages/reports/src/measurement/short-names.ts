/**
 * Shortens names of matrices while keeping them distinct. Drops the tensor in brackets, or else the dotted parts that all
 * names share, except for the last one at the front: `model.layers.3.weight` becomes `layers.3`.
 */
export function shortNames(whole: readonly string[]): string[] {
  if (whole.length < 2) return [...whole];
  const brief = whole.map((label) => label.replace(/ \(.*\)$/, ''));
  if (areApart(brief) && brief.some((label, k) => label !== whole[k])) return brief;
  const parts = whole.map((label) => label.split('.'));
  const least = Math.min(...parts.map((own) => own.length));
  const [one] = parts;
  let before = 0;
  while (before < least - 1 && parts.every((own) => own[before] === one[before])) before++;
  let behind = 0;
  while (
    behind < least - 1 - before &&
    parts.every((own) => own.at(-1 - behind) === one.at(-1 - behind))
  )
    behind++;
  const inner = parts.map((own) =>
    own.slice(Math.max(0, before - 1), own.length - behind).join('.'),
  );
  return areApart(inner) ? inner : [...whole];
}

function areApart(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
