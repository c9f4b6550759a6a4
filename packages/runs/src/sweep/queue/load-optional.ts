import { UsageError } from '../../usage-error.ts';

/**
 * Loads an optional package.
 *
 * @param name its name, for the message.
 * @param load imports it.
 * @throws UsageError if it is not installed.
 */
export async function loadOptional<T>(name: string, load: () => Promise<unknown>): Promise<T> {
  try {
    return (await load()) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      `this queue requires the package ${name}, which is not installed; install it: npm install ${name}`,
    );
  }
}
