// node scripts/python/prepare.mjs: makes the Python of the tests.
import { preparePython } from './environment.mjs';

preparePython();
