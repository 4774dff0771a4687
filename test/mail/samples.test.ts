/**
 * Real and awkward mail of public projects, against what those projects say is right. The samples are no part of the
 * repository; without them this suite is skipped.
 */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_READING_LIMITS } from '../../mail/limits.ts';
import { readMail } from '../../mail/read.ts';
import type { DeliveryOutcome, IncomingMessage } from '../../mail/types.ts';
import { testSink } from './memory-sink.ts';
import { type Model, readModel } from './sample-model.ts';

const FOLDER =
  process.env.CONGVAN_MAIL_SAMPLES ?? resolve(import.meta.dirname, '../../../shared/mail-samples');
const present = existsSync(join(FOLDER, 'manifest.jsonl'));
const DEADLINE = 5_000;

interface Sample {
  file: string;
  category: string;
  /** `lhost-…` = the server that wrote it; `rhost-…` = the one that refused; the first names are comparable. */
  dialect: string | null;
  expect: unknown;
}

interface Synthetic {
  subject: string | null;
  filenames: string[] | null;
  text_contains: string | null;
}

/** Delivery reports that we read otherwise than the project that the sample comes from, and why. */
const DIFFERENT: Record<string, string> = {
  'dsn/sisimai-lhost-amazonses-17.eml':
    'Status states 4.4.7; the project prefers the 4.4.2 inside the diagnostic',
  'dsn/sisimai-lhost-gmail-08.eml': 'a warning of delay without a cause; the project calls it permanent',
  'dsn/sisimai-rfc3464-01.eml': 'the machine part names one recipient; the project adds one from the text',
};
/** Filed as delivery reports, but they say nothing of a delivery, or not in the voice of a server. */
const NO_REPORT: Record<string, string> = {
  'dsn/flufl-qmail_08.eml': 'an automatic answer of a contact form',
  'dsn/flufl-simple_20.eml':
    'a person could have written it: plain address, own return path, subject "RE: …"; taking it would take letters',
  'dsn/mimekit-delivery-status.anonymized.eml': 'every word is blanked out, the report-type too',
};
/** Files whose subject, sender or attachments we read otherwise than the project, and why. */
const OTHERWISE: Record<string, string> = {
  'general/stalwart-thirdparty-015.eml':
    'three messages are attached; the project lets the first, cut off inside a multipart, swallow the others',
};

const samples: Sample[] = present
  ? readFileSync(join(FOLDER, 'manifest.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample)
  : [];
const ofCategory = (...names: string[]) => samples.filter(({ category }) => names.includes(category));

const sink = testSink();
afterAll(() => sink.remove());
const known = new Map<string, Promise<IncomingMessage>>();

/** Each sample is read once. */
function readSample({ file }: Sample): Promise<IncomingMessage> {
  const mail =
    known.get(file) ?? readMail(createReadStream(join(FOLDER, file)), sink, DEFAULT_READING_LIMITS);
  known.set(file, mail);
  return mail;
}

async function outcomesOf(sample: Sample): Promise<DeliveryOutcome[]> {
  const { report } = await readSample(sample);
  return report?.type === 'delivery-report' ? report.outcomes : [];
}

/** Files for which `wrong` holds. */
async function filesWhere(
  list: Sample[],
  wrong: (sample: Sample, mail: IncomingMessage) => boolean | Promise<boolean>,
) {
  const found: string[] = [];
  for (const one of list) if (await wrong(one, await readSample(one))) found.push(one.file);
  return found.sort();
}

describe.skipIf(!present)('mail samples of ../shared (skipped where the folder is absent)', () => {
  it.each(samples)('$file is read within its deadline', { timeout: DEADLINE }, async (sample) => {
    const mail = await readSample(sample);
    const something = mail.subject !== '' || mail.text !== '' || mail.parts.length > 0 || mail.from !== null;
    expect(something || mail.defects.length > 0).toBe(true);
  });

  it('agree with their project in number, status, and permanent or temporary, but for the named ones', async () => {
    const stated = ofCategory('dsn').filter((one) => Array.isArray(one.expect));
    expect(stated.length).toBeGreaterThanOrEqual(105);
    const different = await filesWhere(
      stated,
      async (one) => !agrees(await outcomesOf(one), one.expect as { status: string }[]),
    );
    expect(different).toEqual(Object.keys(DIFFERENT).sort());
  });

  it('of delivery reports are all known as such, but for the named ones', async () => {
    const reports = ofCategory('dsn', 'dsn-cr-eol');
    expect(await filesWhere(reports, (_, mail) => mail.report?.type !== 'delivery-report')).toEqual(
      Object.keys(NO_REPORT).sort(),
    );
  });

  it('of delivery reports name their recipient in at least 97 of 100 outcomes', async () => {
    const outcomes = (await Promise.all(ofCategory('dsn', 'dsn-cr-eol').map(outcomesOf))).flat();
    const named = outcomes.filter(({ recipient }) => recipient !== null);
    expect(named.length / outcomes.length).toBeGreaterThanOrEqual(0.97);
    expect(named.every(({ recipient }) => recipient === recipient?.toLowerCase())).toBe(true);
  });

  it('of delivery reports are laid to the server that wrote them', async () => {
    const laid = samples.filter(({ dialect }) => dialect?.startsWith('lhost-'));
    expect(laid.length).toBeGreaterThanOrEqual(85);
    const wrong = await filesWhere(
      laid,
      ({ dialect }, { report }) =>
        report?.type !== 'delivery-report' || `lhost-${report.dialect}` !== dialect,
    );
    expect(wrong).toEqual([]);
  });

  it('with CR line ends say what the project says of them', async () => {
    const outcomes = await Promise.all(ofCategory('dsn-cr-eol').map(outcomesOf));
    expect(outcomes.map((list) => list.map(({ status }) => status))).toEqual([
      ['5.1.1'],
      ['5.1.1'],
      ['5.0.0'],
      ['5.1.10'],
      ['5.1.1'],
      ['5.1.1'],
    ]);
  });

  it('of abuse reports, absence notices, letters and answers are no reports', async () => {
    const others = samples.filter(({ category }) => !['dsn', 'dsn-cr-eol', 'mdn'].includes(category));
    expect(others.length).toBeGreaterThan(250);
    expect(await filesWhere(others, (_, mail) => mail.report !== null)).toEqual([]);
  });

  it('of read receipts are known as such', async () => {
    expect(await filesWhere(ofCategory('mdn'), (_, mail) => mail.report?.type !== 'read-receipt')).toEqual(
      [],
    );
  });

  it.each(ofCategory('vietnamese-synthetic'))('$file: subject, names, text', async (sample) => {
    const mail = await readSample(sample);
    const model = sample.expect as Synthetic;
    if (model.subject) expect(mail.subject).toBe(model.subject);
    if (model.filenames) expect(mail.parts.map((part) => part.name)).toEqual(model.filenames);
    expect(mail.text).toContain(model.text_contains ?? '');
    if (model.subject === null)
      expect(mail.defects.map((defect) => defect.code)).toContain('legacy-vietnamese-encoding');
  });

  const modelled = samples
    .map((sample) => ({ file: sample.file, sample, model: modelOf(sample) }))
    .filter((one): one is typeof one & { model: Model } => one.model !== null && !(one.file in OTHERWISE));
  it.each(modelled)('$file: subject, sender and files as its project says', async ({ sample, model }) => {
    const mail = await readSample(sample);
    if (model.subject !== null) expect(mail.subject).toBe(model.subject);
    if (model.from !== null) expect(mail.from?.address).toBe(model.from);
    if (model.names !== null) expect(mail.parts.flatMap((part) => part.rawName ?? [])).toEqual(model.names);
  });
});

function modelOf({ expect: right }: Sample): Model | null {
  const file = (right as { file?: string } | null)?.file;
  return file === undefined ? null : readModel(join(FOLDER, file));
}

/** A status x.0.9nn is the project's own placeholder: then only permanent or temporary is compared. */
function agrees(outcomes: DeliveryOutcome[], expected: { status: string }[]): boolean {
  return (
    outcomes.length === expected.length && outcomes.every((one, at) => sameStatus(one, expected[at]!.status))
  );
}

function sameStatus({ action, status, permanent }: DeliveryOutcome, expected: string): boolean {
  if (expected === '') return true;
  if (!/^\d\.0\.9\d\d$/.test(expected)) return status === expected;
  return action === 'delayed' ? expected.startsWith('4') : permanent === expected.startsWith('5');
}
