import { serveInBrowser } from './browser-scope.ts';
import { workerTasks } from './worker-tasks.ts';

serveInBrowser(workerTasks);
