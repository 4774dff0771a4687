import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../bin/checks/judging.ts';
import type { Protections } from '../../gateway/judging/sandbox.ts';

const ALL: Protections = {
  permissionModel: true,
  networkNamespace: true,
  memoryLimit: true,
  memoryMiB: 1920,
  endsWithService: true,
  deadlineMs: 30_000,
};

describe('congvan check on the sandbox of signatures', () => {
  it('says that everything is in force, with the numbers', () => {
    const findings = findingsOf(ALL);
    expect(findings.map((finding) => finding.mark)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[2]!.sentence.en).toContain('1920 MiB');
    expect(findings[2]!.sentence.vi).toContain('30 giây');
  });

  it.each([
    ['permissionModel', 'judging:permissions', 'wrong'],
    ['networkNamespace', 'judging:network', 'warning'],
    ['memoryLimit', 'judging:memory', 'warning'],
    ['endsWithService', 'judging:life', 'warning'],
  ])('without %s: told, with what brings it', (missing, what, mark) => {
    const bad = findingsOf({ ...ALL, [missing]: false }).filter((finding) => finding.mark !== 'ok');
    expect(bad).toMatchObject([{ what, mark }]);
    expect(bad[0]!.sentence.vi).toMatch(/hãy /);
  });
});
