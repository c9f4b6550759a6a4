// The pages of the site in the order of its menu: a Markdown file of the repository, its address and its name in the menu.

/** Groups of pages written in Markdown. The API reference follows them in the menu. */
export const GROUPS = [
  {
    title: 'Guides',
    pages: [
      { file: 'docs/predict.md', url: 'guides/predict', title: 'Predict' },
      { file: 'docs/train.md', url: 'guides/train', title: 'Train' },
      { file: 'docs/phase-diagrams.md', url: 'guides/phase-diagrams', title: 'Phase diagrams' },
      { file: 'docs/measure.md', url: 'guides/measure', title: 'Measure your model' },
      { file: 'docs/sae-decoders.md', url: 'guides/sae-decoders', title: 'SAE decoders' },
      { file: 'docs/compare.md', url: 'guides/compare', title: 'Compare two dictionaries' },
      { file: 'docs/audit.md', url: 'guides/audit', title: 'Audit the theory' },
      { file: 'docs/geometry.md', url: 'guides/geometry', title: 'See the geometry' },
      { file: 'docs/sweeps.md', url: 'guides/sweeps', title: 'Sweeps' },
      { file: 'docs/sweep-engines.md', url: 'guides/sweep-engines', title: 'Slurm and queues' },
      { file: 'docs/notebooks.md', url: 'guides/notebooks', title: 'Python and notebooks' },
      { file: 'docs/lab.md', url: 'guides/lab', title: 'The lab' },
      { file: 'docs/reproduce.md', url: 'guides/reproduce', title: 'Reproduce the paper' },
      { file: 'docs/extending.md', url: 'guides/extending', title: 'Extend polysem' },
    ],
  },
  {
    title: 'Theory',
    pages: [
      { file: 'docs/theory.md', url: 'theory/theory', title: 'Theory and derivations' },
      { file: 'docs/glossary.md', url: 'theory/glossary', title: 'Glossary' },
    ],
  },
  {
    title: 'Facts',
    pages: [
      { file: 'docs/features.md', url: 'facts/features', title: 'polysem beside others' },
      { file: 'bench/README.md', url: 'facts/benchmarks', title: 'Benchmarks' },
      { file: 'docs/real-models.md', url: 'facts/real-models', title: 'Two real networks' },
      { file: 'docs/files.md', url: 'facts/files', title: 'Files and formats' },
      {
        file: 'packages/figures/gallery/README.md',
        url: 'facts/gallery',
        title: 'Gallery of figures',
      },
    ],
  },
  {
    title: 'Inside',
    pages: [
      { file: 'docs/architecture.md', url: 'inside/architecture', title: 'Architecture' },
      { file: 'docs/kernels.md', url: 'inside/kernels', title: 'Kernels' },
      { file: 'docs/security.md', url: 'inside/security', title: 'Security' },
      { file: 'CONTRIBUTING.md', url: 'inside/contributing', title: 'Contributing' },
      { file: 'CHANGELOG.md', url: 'inside/changelog', title: 'Changelog' },
    ],
  },
];

/** All pages written in Markdown. */
export const PAGES = GROUPS.flatMap(({ pages }) => pages);
