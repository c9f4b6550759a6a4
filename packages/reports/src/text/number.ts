import { formatNumber } from '@polysem/figures';

/** A number for people, with the minus sign of a keyboard, so that it can be copied into a program. */
export function number(value: number, digits?: number): string {
  return formatNumber(value, digits).replaceAll('\u2212', '-');
}
