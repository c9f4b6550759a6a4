/** Description of `--queue`. */
export const QUEUE_ADDRESS =
  'server of the queue: redis://[user:password@]host[:port][/database], rediss://.., nats://[user:password@]host[:port], or tls://.. for NATS';

/** The flag `--lease`. */
export const LEASE_FLAG: [flags: string, description: string] = [
  '--lease <seconds>',
  'time after which the work of a worker that died goes to another one (default: 30)',
];
