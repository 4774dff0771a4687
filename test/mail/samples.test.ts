import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_READING_LIMITS } from '../../mail/limits.ts';
import { readMail } from '../../mail/read.ts';
import { testSink } from './memory-sink.ts';

const FOLDER =
  process.env.CONGVAN_MAIL_SAMPLES ?? resolve(import.meta.dirname, '../../../shared/mail-samples');
const present = existsSync(join(FOLDER, 'manifest.jsonl'));
const DEADLINE = 5_000;

interface Sample {
  file: string;
  category: string;
  expect:
    | null
    | { status: string }[]
    | {
        subject?: string | null;
        filenames?: string[] | null;
        text_contains?: string | null;
        is_bounce?: boolean;
      };
}
const samples: Sample[] = present
  ? readFileSync(join(FOLDER, 'manifest.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample)
  : [];

/** Where we read otherwise than the project that the sample comes from, and why. */
const OTHERWISE: Record<string, string> = {
  'dsn/sisimai-lhost-amazonses-17.eml': 'the report states 4.4.7; the expected code is in its words only',
  'dsn/sisimai-rfc3464-01.eml':
    'the report names one recipient; the second is out of the text, without an address',
  'dsn/sisimai-lhost-gmail-08.eml': 'a delay without any cause: no status is made up',
  'dsn/sisimai-lhost-postfix-64.eml': 'a failure without any cause: no status is made up',
  'dsn/sisimai-rfc3464-39.eml': 'a failure without any cause: no status is made up',
};
/** Not a delivery report though filed as one: an automatic answer. */
const NO_REPORT = new Set(['dsn/flufl-qmail_08.eml']);

const sink = testSink();
afterAll(() => sink.remove());
const readSample = (file: string) =>
  readMail(createReadStream(join(FOLDER, file)), sink, DEFAULT_READING_LIMITS);

describe.skipIf(!present)('mail samples of ../shared (skipped where the folder is absent)', () => {
  it.each(samples)('$file is read within its deadline', { timeout: DEADLINE }, async ({ file }) => {
    const mail = await readSample(file);
    const something = mail.subject !== '' || mail.text !== '' || mail.parts.length > 0 || mail.from !== null;
    expect(something || mail.defects.length > 0).toBe(true);
  });

  const reports = samples.filter(({ file, category }) => category.startsWith('dsn') && !NO_REPORT.has(file));
  it.each(reports)('$file is a delivery report', async ({ file }) => {
    expect((await readSample(file)).report?.type).toBe('delivery-report');
  });

  // Codes x.0.9nn are the other project's own: only their class can be compared.
  const stated = reports.filter((one) => Array.isArray(one.expect) && !(one.file in OTHERWISE));
  it.each(stated)('$file: as many outcomes, with these statuses', async ({ file, expect: right }) => {
    const { report } = await readSample(file);
    const short = (status: string | null, model: string) =>
      /\.0\.9\d\d$/.test(model) ? status?.[0] : status;
    const models = (right as { status: string }[]).map((one) => one.status);
    const outcomes = report?.type === 'delivery-report' ? report.outcomes : [];
    expect(outcomes.map((one, i) => short(one.status, models[i] ?? ''))).toEqual(
      models.map((model) => short(model, model)),
    );
  });

  it.each(
    samples.filter((one) => ['arf', 'not-a-bounce', 'autoreply', 'reply', 'pec'].includes(one.category)),
  )('$file is no delivery report', async ({ file }) => {
    expect((await readSample(file)).report).toBeNull();
  });

  it.each(samples.filter((one) => one.category === 'vietnamese-synthetic'))(
    '$file: subject, names, text',
    async ({ file, expect: right }) => {
      const mail = await readSample(file);
      const model = right as {
        subject: string | null;
        filenames: string[] | null;
        text_contains: string | null;
      };
      if (model.subject) expect(mail.subject).toBe(model.subject);
      if (model.filenames) expect(mail.parts.map((part) => part.name)).toEqual(model.filenames);
      expect(mail.text).toContain(model.text_contains ?? '');
      if (model.subject === null)
        expect(mail.defects.map((defect) => defect.code)).toContain('legacy-vietnamese-encoding');
    },
  );
});
