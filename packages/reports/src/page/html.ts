import { strToU8 } from 'fflate';
import { formatNumber } from '@polysem/figures';
import { dataUri, escapeText } from '@polysem/figures/svg';

/** A table of a report. Cells are plain text. */
export interface ReportTable {
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/**
 * Renders a table whose rows become small cards on a narrow screen.
 *
 * @throws RangeError if a row does not have one cell per column.
 */
export function tableHtml({ caption, columns, rows }: ReportTable): string {
  const head = columns.map((column) => `<th scope="col">${escapeText(column)}</th>`).join('');
  const body = rows.map((row, i) => {
    if (row.length !== columns.length) {
      throw new RangeError(
        `report: row ${i} of a table has ${row.length} cells for ${columns.length} columns`,
      );
    }
    return `<tr>${row.map((value, c) => cellHtml(value, columns[c])).join('')}</tr>`;
  });
  const title = caption === undefined ? '' : `<caption>${escapeText(caption)}</caption>`;
  return `<div class="table"><table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}

/** A table cell labelled with the name of its column, for the cards of a narrow screen. */
function cellHtml(value: string | number, column: string): string {
  const numeric = typeof value === 'number';
  const shown = escapeText(numeric ? formatNumber(value, 6) : value);
  return `<td data-column="${escapeText(column)}"${numeric ? ' class="number"' : ''}>${shown}</td>`;
}

/** A link that downloads an embedded text as a file. */
export function downloadHtml(text: string, mediaType: string, file: string, name: string): string {
  const href = dataUri(mediaType, strToU8(text));
  return `<a class="download" download="${escapeText(file)}" href="${href}">${escapeText(name)}</a>`;
}
