import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { storageOptions } from '../../gateway/open.ts';
import { openStorage } from '../../storage/index.ts';
import { congvan, INIT_FLAGS, temporaryFolder } from '../support/congvan-cli.ts';
import { arrive, decision, entry, registerLetter } from '../support/register.ts';

let config: string;
const lines = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  const dir = temporaryFolder('search');
  await congvan(['init', '--yes', '--dir', dir, ...INIT_FLAGS]);
  config = join(dir, 'congvan.yaml');
  const storage = await openStorage(storageOptions(loadConfig(config)));
  const { row } = await arrive(storage, 'Subject: x\r\n\r\n');
  const fields = {
    soKyHieu: '125/UBND-VP',
    trichYeu: 'Về việc sửa đường',
    tacGia: 'UBND xã Mẫu',
    doMat: 'THUONG',
  };
  await registerLetter(storage, row, { fields });
  const text = 'Trang này\nnói về cải tạo đường giao thông';
  await storage.search.index([
    { messageId: row.id, entryId: null, part: 'a'.repeat(64), name: 'cv.pdf', page: 3, text },
  ]);
  await storage.transact({}, () =>
    decision({ entries: [entry({ book: 'di', fields: { soKyHieu: '01/QĐ-UBND' } })] }),
  );
  await storage.close();
});

describe('congvan search', () => {
  it('finds the page with its file, and marks the words', async () => {
    const { code, stdout } = await congvan(['search', 'cai tao', 'duong', '--config', config]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      'e-000001  đến 1/2026  125/UBND-VP  cv.pdf, trang 3\n    Trang này nói về «cải tạo đường» giao thông\n',
    );
  });

  it('finds the register by what it has taken up since', async () => {
    const { code, stdout } = await congvan([
      'search',
      'qd-ubnd',
      '--book',
      'di',
      '--json',
      '--config',
      config,
    ]);
    expect(code).toBe(0);
    expect(lines(stdout)).toMatchObject([
      { entryId: 'e-000002', part: null, entry: { book: 'di', soKyHieu: '01/QĐ-UBND', cancelled: false } },
    ]);
  });

  it('says so when nothing is found, and that is no error', async () => {
    const { code, stdout } = await congvan(['search', 'không-có-gì', '--config', config]);
    expect([code, stdout]).toEqual([0, 'Không tìm thấy.\n']);
  });

  it.each([
    [['search']],
    [['search', '***']],
    [['search', 'x', '--book', 'ra']],
    [['search', '--rebuild', 'x']],
  ])('wrong usage ends with 2: %j', async (args) => {
    expect((await congvan([...args, '--config', config])).code).toBe(2);
  });

  it('--rebuild brings the register back, and says what it did', async () => {
    const { code, stdout } = await congvan(['search', '--rebuild', '--json', '--config', config]);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([{ entries: 2, letters: 0, rows: 0, unread: [], withheld: [] }]);
    expect((await congvan(['search', '125/UBND-VP', '--config', config])).stdout).toContain('e-000001');
  });
});
