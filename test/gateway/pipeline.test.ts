import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { POSTGRES_HOW, startPostgres } from '../support/postgres.ts';
import { serverSuite } from '../support/require.ts';
import { pipelineContract } from './pipeline-contract.ts';

describe('the life of a letter on SQLite', () => {
  pipelineContract((dataDir) => ({ kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') }));
});

const postgres = await startPostgres();
afterAll(() => postgres?.stop());

serverSuite('the life of a letter on PostgreSQL', postgres !== null, POSTGRES_HOW, () => {
  pipelineContract(() => ({ kind: 'postgres', url: postgres!.url, schema: postgres!.freshSchema() }));
});
