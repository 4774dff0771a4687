/**
 * Real bounces of public mail projects, against what those projects say is right. The samples are no part of the
 * repository; without them this suite is skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readReport } from '../../mail/reports/report.ts';
import type { DeliveryOutcome } from '../../mail/types.ts';
import { splitMessage } from './reports/split-message.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/mail-samples');
const HERE = existsSync(join(FOLDER, 'manifest.jsonl'));
const title = HERE ? 'Real bounces' : 'Real bounces (skipped: ../shared/mail-samples is not there)';

interface Sample {
  file: string;
  category: string;
  expect: unknown;
}

interface Expected {
  status: string;
}

/** Where we differ from the project of the sample, and why. */
const DIFFERENT: Record<string, string> = {
  'dsn/sisimai-lhost-amazonses-17.eml':
    'Status states 4.4.7; the project prefers the 4.4.2 inside the diagnostic',
  'dsn/sisimai-lhost-gmail-08.eml': 'a warning of delay without a cause; the project calls it permanent',
  'dsn/sisimai-rfc3464-01.eml': 'the machine part names one recipient; the project adds one from the text',
};
/** Categorised as delivery reports, but they say nothing of a delivery, or not in the voice of a server. */
const NO_REPORT: Record<string, string> = {
  'dsn/flufl-qmail_08.eml': 'an automatic answer of a contact form',
  'dsn/flufl-simple_20.eml': 'comes from a plain address with its own return path and the subject "RE: …"',
  'dsn/mimekit-delivery-status.anonymized.eml': 'every word is blanked out',
};

const samples: Sample[] = HERE
  ? readFileSync(join(FOLDER, 'manifest.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
const ofCategory = (...names: string[]) => samples.filter(({ category }) => names.includes(category));
const read = ({ file }: Sample) => readReport(splitMessage(readFileSync(join(FOLDER, file))));

describe.skipIf(!HERE)(title, () => {
  test('agree with their project in number, status, and permanent or temporary, but for the named ones', () => {
    const stated = ofCategory('dsn').filter((one) => Array.isArray(one.expect));
    const different = stated.filter((one) => !agrees(outcomesOf(one), one.expect as Expected[]));
    expect(stated.length).toBeGreaterThanOrEqual(105);
    expect(different.map(({ file }) => file).sort()).toEqual(Object.keys(DIFFERENT).sort());
  });

  test('are all known as delivery reports, but for the named ones', () => {
    const unknown = ofCategory('dsn', 'dsn-cr-eol').filter((one) => read(one)?.type !== 'delivery-report');
    expect(unknown.map(({ file }) => file).sort()).toEqual(Object.keys(NO_REPORT).sort());
  });

  test('name their recipient in at least 97 of 100 outcomes', () => {
    const outcomes = ofCategory('dsn', 'dsn-cr-eol').flatMap(outcomesOf);
    const named = outcomes.filter(({ recipient }) => recipient !== null);
    expect(named.length / outcomes.length).toBeGreaterThanOrEqual(0.97);
  });

  test('with CR line ends say what the project says of them', () => {
    const statuses = ofCategory('dsn-cr-eol').map((one) => outcomesOf(one).map(({ status }) => status));
    expect(statuses).toEqual([['5.1.1'], ['5.1.1'], ['5.0.0'], ['5.1.10'], ['5.1.1'], ['5.1.1']]);
  });

  test('are not seen in abuse reports, absence notices, letters and answers', () => {
    const others = samples.filter(({ category }) => !['dsn', 'dsn-cr-eol', 'mdn'].includes(category));
    expect(others.length).toBeGreaterThan(250);
    expect(others.filter((one) => read(one) !== null).map(({ file }) => file)).toEqual([]);
  });

  test('are told from read receipts', () => {
    expect(ofCategory('mdn').map((one) => read(one)?.type)).toEqual(['read-receipt']);
  });
});

function outcomesOf(sample: Sample): DeliveryOutcome[] {
  const report = read(sample);
  return report?.type === 'delivery-report' ? report.outcomes : [];
}

/** A status x.0.9nn is the project's own placeholder: then only permanent or temporary is compared. */
function agrees(outcomes: DeliveryOutcome[], expected: Expected[]): boolean {
  return (
    outcomes.length === expected.length && outcomes.every((one, at) => sameStatus(one, expected[at]!.status))
  );
}

function sameStatus({ action, status, permanent }: DeliveryOutcome, expected: string): boolean {
  if (expected === '') return true;
  if (!/^\d\.0\.9\d\d$/.test(expected)) return status === expected;
  return action === 'delayed' ? expected.startsWith('4') : permanent === expected.startsWith('5');
}
