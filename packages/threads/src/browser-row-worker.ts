// A worker that trains and computes rows of phase diagrams, without the code that measures matrices.
import { serveInBrowser } from './browser-scope.ts';
import { rowTasks } from './row-tasks.ts';

serveInBrowser(rowTasks);
