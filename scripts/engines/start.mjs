// Starts a Redis or NATS server for tests, as a sweep needs it: every message is in a file before it is confirmed.
import { findProgram } from './find.mjs';
import { startServer } from './server-process.mjs';

/** Starts Redis with an append-only file. */
export function startRedis() {
  return startServer('redis', findProgram('redis-server'), (port) =>
    `--port ${port} --bind 127.0.0.1 --dir . --appendonly yes --appendfsync always --maxmemory-policy noeviction`.split(
      ' ',
    ),
  );
}

/** Starts NATS with JetStream in files. */
export function startNats() {
  return startServer('nats', findProgram('nats-server'), (port) =>
    `--addr 127.0.0.1 --port ${port} --jetstream --store_dir files`.split(' '),
  );
}

/** How each engine is started. */
export const starts = { redis: startRedis, nats: startNats };
