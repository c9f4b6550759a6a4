import { version } from '@polysem/core/version';
import { budgetOf, count, dimensions, referenceTotal } from './format.ts';
import type { ModelFigures, ModelMatrix } from './messages.ts';

/** Contents of a card. */
export interface CardContent {
  /** Name of the file. */
  readonly file: string;
  readonly matrix: ModelMatrix;
  readonly figures: ModelFigures;
  /** SHA-256 of the file; null if there is none. */
  readonly hash: string | null;
  /** The command that gives the same numbers. */
  readonly command: string;
}

const WIDTH = 640;
const MARGIN = 32;
/** Characters of a line of the command. */
const COLUMNS = 72;

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Breaks a command into lines at its spaces. */
function lines(text: string, columns = COLUMNS): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      found.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
    while (line.length > columns) {
      found.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  return [...found, line];
}

const per = (value: number): string => (100 * value).toFixed(1);

/** The sentence under the large number: interval and chance. */
export function cardNotes({ summary, references }: ModelFigures): string[] {
  const [low, high] = summary.efficiencyInterval;
  const chance = references.flatMap(({ name, figures }) =>
    figures.efficiency === null
      ? []
      : [
          `${name === 'own spectrum' ? 'same spectrum' : 'random Gaussian'} ${per(figures.efficiency)} %`,
        ],
  );
  return [
    `95 % interval ${per(low)} to ${per(high)} %`,
    ...(chance.length === 0 ? [] : [`chance: ${chance.join(', ')}`]),
  ];
}

/** The card as SVG that stands alone, in the colours of the light theme. */
export function cardSvg({ file, matrix, figures, hash, command }: CardContent): string {
  const { summary, references } = figures;
  const { used, lost } = budgetOf(figures);
  const wide = WIDTH - 2 * MARGIN;
  const at = (value: number): number => MARGIN + (wide * value) / summary.dims;
  const code = [...(hash === null ? [] : [`sha256 ${hash}`]), ...lines(command)];
  const height = 252 + 18 * code.length;
  const text = (x: number, y: number, style: string, content: string): string =>
    `<text x="${x}" y="${y}" ${style}>${escaped(content)}</text>`;
  const marks = references.flatMap((reference) => {
    const total = referenceTotal(reference, summary.rank);
    if (total === null) return [];
    const x = at(total).toFixed(1);
    return [
      `<line x1="${x}" x2="${x}" y1="176" y2="208" stroke="#1b1f24" stroke-width="1.6" stroke-dasharray="4 3"/>`,
    ];
  });
  const metadata = JSON.stringify({
    polysem: version,
    seed: 0,
    file,
    matrix: matrix.label,
    sha256: hash,
    command,
    efficiency: summary.efficiency,
    capacity: summary.capacity.total,
    features: summary.features,
    dims: summary.dims,
    rank: summary.rank,
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Inter, system-ui, sans-serif" fill="#1b1f24">`,
    `<title>${escaped(`${file}, ${matrix.label}: capacity`)}</title>`,
    `<metadata>${escaped(metadata)}</metadata>`,
    `<defs><pattern id="lost" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#59626d" stroke-width="1.2"/></pattern></defs>`,
    `<rect width="${WIDTH}" height="${height}" rx="12" fill="#fff"/>`,
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="12" fill="none" stroke="#d9dde2"/>`,
    text(MARGIN, 44, 'font-size="17" font-weight="650"', file),
    text(
      MARGIN,
      66,
      'font-size="14" fill="#59626d"',
      `${matrix.label}: ${count(summary.features)} ${matrix.noun} in ${count(summary.dims)} dimensions`,
    ),
    text(
      MARGIN,
      118,
      'font-size="42" font-weight="650"',
      `${(100 * summary.efficiency).toFixed(1)} %`,
    ),
    text(
      MARGIN + 160,
      104,
      'font-size="14"',
      `of ${count(summary.rank)} dimensions carry capacity`,
    ),
    ...cardNotes(figures).map((note, k) =>
      text(MARGIN + 160, 123 + 18 * k, 'font-size="13" fill="#59626d"', note),
    ),
    `<rect x="${MARGIN}" y="180" width="${(at(summary.rank) - MARGIN).toFixed(1)}" height="24" fill="url(#lost)"/>`,
    `<rect x="${MARGIN}" y="180" width="${wide}" height="24" fill="none" stroke="#d9dde2"/>`,
    `<rect x="${MARGIN}" y="180" width="${(at(used) - MARGIN).toFixed(1)}" height="24" fill="#35597a"/>`,
    ...marks,
    text(
      MARGIN,
      226,
      'font-size="12" fill="#59626d"',
      `${dimensions(used)} carry capacity, ${dimensions(lost)} lost to overlap; dashed: chance`,
    ),
    ...code.map((line, k) =>
      text(
        MARGIN,
        254 + 18 * k,
        'font-family="ui-monospace, monospace" font-size="12" fill="#59626d" xml:space="preserve"',
        line,
      ),
    ),
    '</svg>',
  ].join('\n');
}

/** Draws an SVG as PNG, at twice its size. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * image.naturalWidth;
    canvas.height = 2 * image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('this browser cannot draw the PNG; save the SVG'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Saves a file of the page. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
