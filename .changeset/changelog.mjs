// Writes the entries of CHANGELOG.md from changesets: their text, as it is.

/** The entry of a changeset. */
async function getReleaseLine({ summary }) {
  const [first, ...rest] = summary.trim().split('\n');
  return [`- ${first}`, ...rest.map((line) => `  ${line}`.trimEnd())].join('\n');
}

/** Only polysem is published, so no other package has changed. */
async function getDependencyReleaseLine() {
  return '';
}

export default { getReleaseLine, getDependencyReleaseLine };
