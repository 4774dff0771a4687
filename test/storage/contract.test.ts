import { afterAll, describe, expect, test } from 'vitest';
import { lockInstance } from '../../storage/index.ts';
import { POSTGRES_HOW, startPostgres } from '../support/postgres.ts';
import { onSqlite } from '../support/register.ts';
import { serverSuite } from '../support/require.ts';
import { backupContract } from './backup-contract.ts';
import { journalContract } from './journal-contract.ts';
import { messagesContract } from './messages-contract.ts';
import { outboxContract } from './outbox-contract.ts';
import { registerContract } from './register-contract.ts';
import { searchContract } from './search-contract.ts';

const postgres = await startPostgres();
afterAll(() => postgres?.stop());

const contracts = [
  messagesContract,
  registerContract,
  outboxContract,
  journalContract,
  backupContract,
  searchContract,
];

describe('storage on SQLite', () => {
  for (const contract of contracts) contract(onSqlite);
});

serverSuite('storage on PostgreSQL', postgres !== null, POSTGRES_HOW, () => {
  const schema = () => ({ kind: 'postgres' as const, url: postgres!.url, schema: postgres!.freshSchema() });
  for (const contract of contracts) contract(schema);

  test('a second service on the same schema is refused and told who runs; on another schema it is not', async () => {
    const options = {
      dataDir: '/nonexistent',
      database: schema(),
      clock: () => new Date(),
      mailDomain: 'mau.example.gov.vn',
    };
    const lock = await lockInstance(options);
    const refused = lockInstance(options);
    await expect(refused).rejects.toMatchObject({ code: 'ALREADY_RUNNING', temporary: false });
    await expect(refused).rejects.toMatchObject({
      fields: { pid: expect.any(Number), since: expect.any(String) },
    });
    await (await lockInstance({ ...options, database: schema() })).release();
    await lock.release();
    await (await lockInstance(options)).release();
  });
});
