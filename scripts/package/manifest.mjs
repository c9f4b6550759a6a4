// The manifest of the published package, made from that of packages/polysem.
import { manifest } from './places.mjs';

/**
 * The published manifest: the workspaces are bundled, so it depends on nothing.
 *
 * @returns {object} the content of package.json.
 */
export function publishedManifest() {
  const { exports, sideEffects, ...rest } = manifest();
  for (const field of ['private', 'dependencies', 'devDependencies']) delete rest[field];
  return {
    ...rest,
    exports: Object.fromEntries(
      Object.entries(exports).map(([path, entry]) => [path, published(entry)]),
    ),
    sideEffects: sideEffects.filter((path) => !path.startsWith('./src/')),
    files: ['bin', 'dist', 'THIRD-PARTY-LICENCES.md', 'CHANGELOG.md'],
    publishConfig: { access: 'public' },
  };
}

/** An entry without the condition for the sources, which are not published. */
function published(entry) {
  if (typeof entry === 'string') return entry;
  const { 'polysem-source': _, ...conditions } = entry;
  return conditions;
}
