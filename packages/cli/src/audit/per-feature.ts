/** Measured and predicted capacity of each feature, with what is known of it. */
export function perFeatureCsv(features: {
  readonly capacity: Float64Array;
  readonly predicted: Float64Array;
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
  readonly labels: readonly string[] | null;
}): string {
  const { capacity, predicted, importance, kurtosis, density, labels } = features;
  const lines = [
    `feature,${labels === null ? '' : 'label,'}capacity,predicted,residual,importance,kurtosis${density === null ? '' : ',density'}`,
  ];
  capacity.forEach((c, i) =>
    lines.push(
      `${i},${labels === null ? '' : `${quoted(labels[i])},`}${c},${predicted[i]},${c - predicted[i]},${importance[i]},` +
        `${Number.isNaN(kurtosis[i]) ? '' : kurtosis[i]}${density === null ? '' : `,${density[i]}`}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
