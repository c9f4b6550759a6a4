import { cssColour, mapColour } from './colour.ts';

/** 'auto' follows the reader's system and is light in print. */
export type Theme = 'auto' | 'light' | 'dark';

/** The colours of one theme by purpose, in CSS notation. */
export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  /** Background of the hatching of missing values. */
  readonly blank: string;
  readonly full: string;
  readonly partial: string;
  readonly ignored: string;
  /** The plateau of capacities around 1/2, part of the partial phase. */
  readonly plateau: string;
  readonly accent: string;
  readonly fail: string;
  /** The part of viridis that contrasts with `paper`, for thin lines. */
  readonly ramp: readonly [number, number];
  /** Colours of blocks by number. They repeat after the last; letters and dashes then distinguish blocks. */
  readonly blocks: readonly string[];
}

/**
 * The two themes. Phases and blocks are distinguishable in every common form of colour blindness
 * (theme.test.ts); full and partial are the blue and the orange of Okabe and Ito.
 *
 * @example
 * ```js
 * import { PALETTES } from 'polysem/figures/theme';
 * PALETTES.light.full; // '#0072b2'
 * ```
 */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#ffffff',
    ink: '#1b1f24',
    muted: '#59626d',
    line: '#7d8690',
    grid: '#e4e7eb',
    blank: '#eceef1',
    full: '#0072b2',
    partial: '#e69f00',
    ignored: '#8b939c',
    plateau: '#5d1049',
    accent: '#0b5c8f',
    fail: '#a3320b',
    ramp: [0, 0.82],
    blocks: [
      '#0072b2',
      '#d55e00',
      '#009e73',
      '#cc79a7',
      '#e69f00',
      '#56b4e9',
      '#5a2664',
      '#6b4a00',
    ],
  },
  dark: {
    paper: '#14171b',
    ink: '#e6e9ed',
    muted: '#a2abb6',
    line: '#7b8591',
    grid: '#2a2f36',
    blank: '#23282e',
    full: '#3a9bd9',
    partial: '#f0b02e',
    ignored: '#98a1ab',
    plateau: '#c2255c',
    accent: '#7cc0ee',
    fail: '#ff9d76',
    ramp: [0.28, 1],
    blocks: [
      '#3a9bd9',
      '#e8743b',
      '#2fbf91',
      '#e39ccb',
      '#f0c02e',
      '#a8e4ff',
      '#8a55d6',
      '#b04a4a',
    ],
  },
};

/** Number of block colours: the classes ps-b0 to ps-b7 fill, ps-l0 to ps-l7 draw lines. */
export const BLOCK_COLOURS = 8;

/** Number of line colours along the ramp: the classes ps-r0 to ps-r15. */
const RAMP_STEPS = 16;

/** The class of the line colour at t in [0, 1] (clamped) along the ramp. */
export function rampClass(t: number): string {
  const inside = Math.min(1, Math.max(0, t));
  return `ps-r${Math.round(inside * (RAMP_STEPS - 1))}`;
}

/**
 * The style sheet of a figure. Colours are written out because SVG viewers other than browsers do not
 * support CSS variables. Every rule requires the class of the theme, so figures of different themes
 * can stand in one page.
 */
export function styleSheet(theme: Theme): string {
  if (theme !== 'auto') return rules(`.ps-${theme}`, PALETTES[theme]);
  const dark = rules('.ps-auto', PALETTES.dark);
  return `${rules('.ps-auto', PALETTES.light)}@media screen and (prefers-color-scheme:dark){${dark}}`;
}

function rules(scope: string, p: Palette): string {
  const sheet = [
    ...(['paper', 'ink', 'muted', 'blank', 'full', 'partial', 'ignored', 'plateau'] as const).map(
      (role) => `.ps-${role}{fill:${p[role]}}`,
    ),
    `.ps-halo{fill:${p.ink};stroke:${p.paper};stroke-width:3px;stroke-linejoin:round;paint-order:stroke}`,
    ...(['line', 'grid'] as const).map((role) => `.ps-${role}{fill:none;stroke:${p[role]}}`),
    `.ps-rule{fill:none;stroke:${p.ink}}`,
    `.ps-hatch{fill:none;stroke:${p.line}}`,
    `.ps-stripe{fill:none;stroke:${p.paper}}`,
    `.ps-outline{stroke:${p.paper}}`,
    `.ps-edge{stroke:${p.ink}}`,
    `.ps-open{fill:${p.paper};stroke:${p.ignored}}`,
    ...p.blocks.flatMap((c, i) => [`.ps-b${i}{fill:${c}}`, `.ps-l${i}{fill:none;stroke:${c}}`]),
  ];
  for (let i = 0; i < RAMP_STEPS; i++) {
    const t = p.ramp[0] + ((p.ramp[1] - p.ramp[0]) * i) / (RAMP_STEPS - 1);
    sheet.push(`.ps-r${i}{fill:none;stroke:${cssColour(mapColour('viridis', t))}}`);
  }
  // Last, because classes of lines set the fill to none.
  sheet.push(`.ps-hollow{fill:${p.paper}}`);
  return sheet.map((rule) => `${scope} ${rule}`).join('');
}
