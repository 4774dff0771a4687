import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isFalseValid, judgeRow, readRows, type SampleTask } from '../../scripts/eval/signature-samples.ts';
import { verifyFile, verifyWithOwnRoots } from '../../signatures/verify.ts';

const root = fileURLToPath(new URL('../../../shared/signature-samples', import.meta.url));
const present = existsSync(root);
const judge = ({ bytes, options, ownRoots }: SampleTask) =>
  (ownRoots ? verifyWithOwnRoots : verifyFile)(bytes, options);

describe.skipIf(!present)('signature samples (skipped without ../shared/signature-samples)', () => {
  const rows = present ? readRows(root) : [];

  it.each(rows.map((row) => [row.id, row.expected, row] as const))(
    '%s is judged as its manifest says: %s',
    async (_id, _expected, row) => {
      const result = await judgeRow(root, row, judge);
      expect({ conclusion: result.conclusion, agrees: result.agrees }).toMatchObject({ agrees: true });
      expect(isFalseValid(result)).toBe(false);
      expect(result.report.elapsedMs).toBeLessThan(5_000);
    },
  );
});
