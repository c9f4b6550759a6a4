import { isFloatDType, type FloatDType, type IntegerDType } from './dtype.ts';

/** Whether elements of a dtype, stored one after the other, can be read as numbers: floats, and integers of whole bytes. */
export function isNumericDType(name: string): name is FloatDType | IntegerDType {
  return isFloatDType(name) || /^[IU](8|16|32|64)$/.test(name);
}
