import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityBarsFigure } from '@polysem/figures';
import { reportPage, type Claim, type Report } from '@polysem/reports/page';
import { inlineSvg } from '../src/page/inline.ts';
import { PROVENANCE } from '../../figures/test/samples.ts';

const claim: Claim = {
  id: 'fig2-full',
  claim: 'Seven are <full>',
  source: 'Figure 2',
  expected: '7 ± 0.01',
  measured: '7.001',
  pass: true,
};
const bars = capacityBarsFigure({ capacities: [1, 0.5] }, { provenance: PROVENANCE });
const clashing =
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" aria-labelledby="t u"><title id="t">x id="t"</title>' +
  '<clipPath id="c"/><g clip-path="url(#c)"/><use href="#c"/><use href="#elsewhere"/></svg>';
const report: Report = {
  title: 'A & B',
  intro: 'Intro <b>',
  claims: [{ heading: 'Section & 2', claims: [claim, { ...claim, id: 'fig4', pass: false }] }],
  aboutClaims: 'About <claims>',
  note: 'A note & more',
  appendix: [{ id: 'last', heading: 'Last' }],
  provenance: PROVENANCE,
  results: { answer: 42, text: '☃' },
  sections: [
    {
      id: 'one',
      heading: 'One <1>',
      paragraphs: ['p & q'],
      html: '<p>trusted <em>html</em></p>',
      figures: [
        { svg: clashing, caption: 'first' },
        { svg: clashing, caption: 'second', name: 'again' },
        { svg: bars, caption: 'bars' },
      ],
      tables: [{ caption: 'T', columns: ['a', 'b'], rows: [['x', 0.1 + 0.2]] }],
    },
  ],
};
const page = reportPage(report);

const matches = (pattern: RegExp, source: string = page): string[] =>
  [...source.matchAll(pattern)].map((match) => match[1]);

describe('reportPage', () => {
  it('makes no requests: everything is embedded', () => {
    const targets = matches(/(?:href|src|srcset|action|data)="([^"]*)"/g);
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) expect(target).toMatch(/^(#|data:)/);
    expect(matches(/url\(([^)]*)\)/g).every((target) => target.startsWith('#'))).toBe(true);
    const outside = page.replaceAll('http://www.w3.org/2000/svg', '');
    expect(outside).not.toMatch(/https?:\/\/|@import|<script|<link/);
    expect(page).toContain("default-src 'none'");
  });

  it('links figures to the lab, if the report has one', () => {
    const lab = [
      { label: 'A & B', link: 'v=1&n=6' },
      { label: 'C', link: 'v=1&n=5' },
    ];
    const withLab = (links: typeof lab, address?: string): string =>
      reportPage({
        ...report,
        ...(address !== undefined && { lab: address }),
        sections: [
          { id: 'one', heading: 'One', figures: [{ svg: bars, caption: '', lab: links }] },
        ],
      });
    const [one, two, none] = [
      withLab(lab.slice(1), 'lab.html'),
      withLab(lab, 'lab.html'),
      withLab(lab),
    ];
    expect(one).toContain('<a href="lab.html#v=1&amp;n=5">Open in the lab</a>');
    expect(two).toContain(
      '>A &amp; B</a>, <a href="lab.html#v=1&amp;n=5" aria-label="C, in the lab">',
    );
    expect(none).not.toContain('class="lab"');
  });

  it('says on a phone which figures scroll: those that are wider', () => {
    const figure = (width: number) => ({
      svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}"/>`,
      caption: '',
    });
    const [section] = report.sections;
    const sections = [{ ...section, figures: [figure(640), figure(320)] }];
    const html = reportPage({ ...report, sections });
    expect(matches(/<figure class="([^"]*)"/g, html)).toEqual(['wide scrolls', 'wide']);
    expect(html).toContain('.scrolls figcaption::before');
  });

  it('keeps ids unique and references intact when two figures have the same ids', () => {
    const ids = matches(/<[^>]*\sid="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['claims', 'one', 'f1_c', 'f2_c', 'f1_t', 'f2_t']));
    expect(page).toContain('clip-path="url(#f2_c)"');
    expect(page).toContain('<use href="#f2_c"/><use href="#elsewhere"/>');
    expect(page).toContain('aria-labelledby="f1_t u"');
    expect(page).toContain('x id="t"');
    expect(page).not.toContain('<?xml');
    for (const target of matches(/<a href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  it('offers the results and each original figure for download', () => {
    const decode = (uri: string): string =>
      Buffer.from(uri.split(',')[1], 'base64').toString('utf8');
    expect(matches(/href="(data:image\/svg[^"]*)"/g).map(decode)).toEqual([
      clashing,
      clashing,
      bars,
    ]);
    expect(matches(/download="([^"]*)"/g)).toEqual([
      'results.json',
      'figure-1.svg',
      'again.svg',
      'figure-3.svg',
    ]);
    const [json] = matches(/href="(data:application\/json[^"]*)"/g);
    expect(JSON.parse(decode(json))).toEqual(report.results);
    expect(reportPage({ ...report, results: undefined })).not.toContain('results.json');
  });

  it('marks claims with a word and a symbol, groups them, and counts them', () => {
    expect(page).toContain('1 of 2 claims hold; 1 does not.');
    const rows = matches(/(<tr[^>]*><th scope="row"[\s\S]*?<\/tr>)/g);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain('✓ yes');
    expect(rows[0]).not.toContain('NO');
    expect(rows[1]).toContain('✗ NO');
    expect(rows[1]).toContain('class="failed"');
    expect(rows[0]).toContain('Seven are &lt;full&gt;');
    expect(rows[0]).toContain('id="claim-fig2-full"');
    const heads = matches(/<th scope="col">([^<]*)<\/th>/g).slice(-5);
    expect(heads).toEqual('holds claim measured expected source'.split(' '));
    expect(page).toContain('>Section &amp; 2</h3>');
    const counted = (...claims: Claim[]): string =>
      reportPage({ ...report, claims: [{ heading: 'H', claims }] });
    expect(counted(claim)).toContain('The one claim holds.');
    expect(counted(claim, { ...claim, id: 'b' })).toContain('All 2 claims hold.');
    expect(reportPage({ ...report, claims: [] })).not.toContain('id="claims"');
  });

  it('shows figures first, then claims, then the appendix', () => {
    const ids = matches(/<section id="([^"]*)"/g);
    expect(ids).toEqual(['one', 'claims', 'last']);
    expect(matches(/<li><a href="#([^"]*)"/g)).toEqual(ids);
    expect(page).toContain('<p>About &lt;claims&gt;</p>');
    expect(page).toContain('<p class="meta">A note &amp; more</p>');
  });

  it('says what a figure does not show, and why the lab cannot show it', () => {
    const draw = (lab?: string): string =>
      reportPage({
        ...report,
        ...(lab !== undefined && { lab }),
        intro: [{ lead: 'Lead & more.', text: 'Text.' }],
        sections: [
          {
            id: 'one',
            heading: 'One',
            figures: [
              { svg: bars, caption: 'C', limits: 'all <else>.', labNote: 'No lab & no link.' },
            ],
          },
        ],
      });
    expect(draw()).toContain('<p><b>Not shown:</b> all &lt;else&gt;.</p>');
    expect(draw()).toContain('<p><b>Lead &amp; more.</b> Text.</p>');
    expect(draw()).not.toContain('No lab');
    expect(draw('lab.html')).toContain('<span class="lab">No lab &amp; no link.</span>');
  });

  it('escapes all plain text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        const evil = `${s}<script>"'&`;
        const html = reportPage({
          title: evil,
          intro: [evil],
          claims: [
            {
              heading: evil,
              claims: [{ ...claim, id: evil, claim: evil, source: evil, expected: evil }],
            },
          ],
          provenance: { polysem: evil, configuration: evil },
          sections: [
            {
              id: 'x',
              heading: evil,
              paragraphs: [evil],
              figures: [{ svg: '<svg/>', caption: evil, name: evil, limits: evil, labNote: evil }],
              tables: [{ caption: evil, columns: [evil], rows: [[evil]] }],
            },
          ],
        });
        expect(html).not.toContain('<script');
        expect(html).not.toContain(`"'&`);
      }),
      { numRuns: 50 },
    );
  });

  it('rejects duplicate and malformed ids, and rows of the wrong length', () => {
    const [section] = report.sections;
    const withId = (id: string) => ({ ...section, id });
    const withIds =
      (...ids: string[]) =>
      () =>
        reportPage({ ...report, sections: ids.map(withId) });
    expect(withIds('a', 'a')).toThrow("id 'a'");
    expect(withIds('claims')).toThrow('claims');
    expect(withIds('a b')).toThrow('letters');
    const tables = [{ columns: ['a'], rows: [['x', 'y']] }];
    expect(() => reportPage({ ...report, sections: [{ ...section, tables }] })).toThrow('2 cells');
  });

  it('gives the same page for the same input', () => {
    expect(reportPage(report)).toBe(page);
  });
});

describe('inlineSvg', () => {
  it('changes nothing in a figure of this package', () => {
    expect(inlineSvg(bars, 'f1_')).toBe(bars);
  });
});
