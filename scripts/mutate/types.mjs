// Checks the types of one changed file at a time.
import { join } from 'node:path';
import ts from 'typescript';

/** Unused names and unreachable code follow from many mutations and do not stop the build of a mutant. */
const HARMLESS = new Set([6133, 6138, 6192, 6196, 6198, 6199, 7027, 7028]);

/**
 * @param {string} copy folder of the copy.
 * @returns {(file: string, text: string) => string | null} the first type error of a changed file, or null.
 */
export function typeChecker(copy) {
  const path = join(copy, 'tsconfig.test.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const include = ['packages/*/src'];
  const parsed = ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, copy);
  let changed = { path: '', text: '', version: 0 };
  const read = (name) => (name === changed.path ? changed.text : ts.sys.readFile(name));
  const service = ts.createLanguageService({
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    fileExists: ts.sys.fileExists,
    directoryExists: ts.sys.directoryExists,
    realpath: ts.sys.realpath,
    getScriptFileNames: () => parsed.fileNames,
    getScriptVersion: (name) => (name === changed.path ? `${changed.version}` : '0'),
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => copy,
    getCompilationSettings: () => ({ ...parsed.options, incremental: false }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    readFile: read,
  });
  return (file, text) => {
    changed = { path: join(copy, file), text, version: changed.version + 1 };
    const errors = [
      ...service.getSyntacticDiagnostics(changed.path),
      ...service.getSemanticDiagnostics(changed.path),
    ].filter(
      ({ category, code }) => category === ts.DiagnosticCategory.Error && !HARMLESS.has(code),
    );
    return errors.length === 0 ? null : ts.flattenDiagnosticMessageText(errors[0].messageText, ' ');
  };
}
