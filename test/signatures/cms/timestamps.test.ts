import { describe, expect, it } from 'vitest';
import { context, element, octetString, oid, sequence } from '../../../scripts/province/der-writer.ts';
import { makeTimestamp } from '../../../scripts/province/signed-message.ts';
import { readCmsFile } from '../../../signatures/cms/file.ts';
import { digestOf } from '../../../signatures/cms/signer.ts';
import type { FileFacts, SignatureFacts } from '../../../signatures/facts.ts';
import { archiveStampV2, archiveStampV3 } from '../../support/cms-archive.ts';
import { certify, cmsAuthority, otherRsaKey, rsaKey } from '../../support/cms-keys.ts';
import {
  ATTRIBUTE,
  attribute,
  type FilePlan,
  type SignerPlan,
  STAMPED_AT,
  signedBy,
  signedFile,
  signerInfo,
  stamp,
  stampServer,
} from '../../support/cms-signing.ts';

const CONTENT = Buffer.from('Kính gửi: Sở Nội vụ tỉnh Mẫu\r\n');
const leader = certify(rsaKey);

async function readOne(plan: Partial<SignerPlan>, file: Partial<FilePlan> = {}): Promise<SignatureFacts> {
  const facts: FileFacts = await readCmsFile(signedBy({ by: leader, ...plan }, CONTENT, file), { pool: [] });
  expect(facts.signatures.length).toBe(1);
  return facts.signatures[0]!;
}

const stampAttribute = (...tokens: Buffer[]) => attribute(ATTRIBUTE.timeStamp, ...tokens);
const codes = (reasons: { code: string }[]) => reasons.map((one) => one.code);

/** The token signed by a key that is not its certificate's. */
const falseToken = (bytes: Uint8Array): Buffer =>
  makeTimestamp({ ...stampServer, privateKey: otherRsaKey }, bytes, STAMPED_AT);

describe('time stamps of a signature', () => {
  it('are read over the signature value, several if there are several', async () => {
    const one = await readOne({
      unsigned: (value) => [stampAttribute(stamp(value), stamp(value)), stampAttribute(stamp(value))],
    });
    expect(one.reasons).toEqual([]);
    expect(one.timestamps.map((each) => [each.over, each.genTime, each.intact, each.authentic])).toEqual(
      Array(3).fill(['signature', STAMPED_AT, true, true]),
    );
  });

  it('over the content are read over the content', async () => {
    const content = (over: Uint8Array) => (usual: Buffer[]) => [
      ...usual,
      attribute(ATTRIBUTE.contentTimeStamp, stamp(over)),
    ];
    const one = await readOne({ attributes: content(CONTENT) });
    expect(one.reasons).toEqual([]);
    expect(one.timestamps).toMatchObject([{ over: 'content', intact: true, authentic: true }]);
    const other = await readOne({ attributes: content(Buffer.from('another content')) });
    expect(codes(other.reasons)).toEqual(['TIMESTAMP_BROKEN']);
  });

  it.each<[string, (value: Buffer) => Buffer]>([
    ['of other bytes (a token copied from elsewhere)', () => stamp(Buffer.from('another signature'))],
    ['with a false signature', falseToken],
    ['that is no token', () => octetString(Buffer.from('This is not a TST!'))],
    ['whose content is no TSTInfo', (value) => signedBy({ by: leader }, value)],
  ])('%s speak against the signature, its mathematics stands', async (_, token) => {
    const one = await readOne({ unsigned: (value) => [stampAttribute(token(value))] });
    expect(codes(one.reasons)).toEqual(['TIMESTAMP_BROKEN']);
    expect(one).toMatchObject({ intact: true, authentic: true });
  });

  it('beside a sound one do not hide behind it', async () => {
    const one = await readOne({
      unsigned: (value) => [stampAttribute(stamp(value)), stampAttribute(stamp(Buffer.from('x')))],
    });
    expect(codes(one.reasons)).toEqual(['TIMESTAMP_BROKEN']);
  });

  it('as a file of their own prove a time, nobody’s will', async () => {
    const facts = await readCmsFile(stamp(CONTENT), { pool: [], detached: CONTENT });
    expect(facts.signatures).toMatchObject([
      { kind: 'timestamp', intact: true, authentic: true, claimedTime: STAMPED_AT, reasons: [] },
    ]);
    const other = await readCmsFile(stamp(CONTENT), { pool: [], detached: Buffer.from('x') });
    expect(codes(other.signatures[0]!.reasons)).toEqual(['HASH_FAILURE']);
    const alone = await readCmsFile(stamp(CONTENT), { pool: [] });
    expect(codes(alone.signatures[0]!.reasons)).toEqual(['SIGNED_DATA_NOT_FOUND']);
  });
});

describe('archive time stamps', () => {
  const certificates = [leader.certificate];
  const of = (value: Buffer, fields: Buffer) => ({
    content: CONTENT,
    fields,
    certificates,
    before: [stampAttribute(stamp(value))],
  });

  it.each<[string, SignerPlan['unsigned']]>([
    ['version 3', (value, fields) => [...of(value, fields).before, archiveStampV3(of(value, fields))]],
    ['version 2', (value, fields) => [...of(value, fields).before, archiveStampV2(of(value, fields))]],
    [
      'version 3, an attribute added later',
      (value, fields) => {
        const archived = of(value, fields);
        return [...archived.before, archiveStampV3(archived), stampAttribute(stamp(value))];
      },
    ],
  ])('%s cover the signature with all that was in it', async (_, unsigned) => {
    const one = await readOne({ unsigned: unsigned! });
    expect(one.reasons).toEqual([]);
    expect(one.notes).toEqual([]);
    const [archive] = one.timestamps.filter((each) => each.over === 'archive');
    expect(archive).toMatchObject({ intact: true, authentic: true, genTime: STAMPED_AT });
  });

  it.each<[string, SignerPlan['unsigned']]>([
    [
      'version 3 of another content',
      (value, fields) => {
        const archived = of(value, fields);
        return [...archived.before, archiveStampV3({ ...archived, content: Buffer.from('x') })];
      },
    ],
    [
      'version 3 of another signer',
      (value, fields) => {
        const archived = of(value, fields);
        const other = Buffer.from(fields);
        other[other.length - 1] = other.at(-1)! ^ 1;
        return [...archived.before, archiveStampV3({ ...archived, fields: other })];
      },
    ],
    ['version 3 whose attributes were taken out', (value, fields) => [archiveStampV3(of(value, fields))]],
    [
      'version 3 naming a certificate that is not there',
      (value, fields) => {
        const archived = of(value, fields);
        return [
          ...archived.before,
          archiveStampV3({ ...archived, certificates: [cmsAuthority.certificate] }),
        ];
      },
    ],
    [
      'version 3 without its hash index',
      (value, fields) => {
        const archived = of(value, fields);
        return [...archived.before, archiveStampV3(archived, false)];
      },
    ],
    [
      'a token copied from the signature time stamp',
      (value) => [stampAttribute(stamp(value)), attribute(ATTRIBUTE.archiveV3, stamp(value))],
    ],
    ['version 2 whose attributes were taken out', (value, fields) => [archiveStampV2(of(value, fields))]],
    ['version 3 that cannot be read', () => [attribute(ATTRIBUTE.archiveV3, octetString(Buffer.from('x')))]],
  ])('%s prove nothing, and are told', async (_, unsigned) => {
    const one = await readOne({ unsigned: unsigned! });
    expect(one.reasons).toEqual([]);
    expect(codes(one.notes)).toEqual(['ARCHIVE_TIMESTAMP_BROKEN']);
    const [archive] = one.timestamps.filter((each) => each.over === 'archive');
    expect(archive!.intact).not.toBe(true);
  });
});

describe('certificates and answers that come with a signature', () => {
  const crl = sequence(oid('1.2.3'));
  const basic = sequence(sequence(oid('1.2.3.4')));
  const wrapped = sequence(
    element(0x0a, Buffer.of(0)),
    context(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic))),
  );

  it('are taken from crls, also OCSP responses there (RFC 5940)', async () => {
    const other = element(0xa1, oid('1.3.6.1.5.5.7.16.2'), wrapped);
    const one = await readOne({}, { crls: [crl, other] });
    expect(one.evidence.map(({ kind, der }) => [kind, Buffer.from(der)])).toEqual([
      ['crl', crl],
      ['ocsp', wrapped],
    ]);
  });

  it('are taken from revocation-values, basic responses wrapped as OCSPResponse', async () => {
    const values = sequence(context(0, sequence(crl)), context(1, sequence(basic, wrapped)));
    const one = await readOne({ unsigned: () => [attribute(ATTRIBUTE.revocationValues, values)] });
    expect(one.evidence.map(({ kind, der }) => [kind, Buffer.from(der)])).toEqual([
      ['crl', crl],
      ['ocsp', wrapped],
      ['ocsp', wrapped],
    ]);
  });

  it('are taken from certificate-values', async () => {
    const values = sequence(cmsAuthority.certificate);
    const one = await readOne({ unsigned: () => [attribute(ATTRIBUTE.certificateValues, values)] });
    expect(one.certificates.map(({ der }) => Buffer.from(der))).toEqual([
      leader.certificate,
      cmsAuthority.certificate,
    ]);
  });

  it('that cannot be read are passed over', async () => {
    const broken = [ATTRIBUTE.revocationValues, ATTRIBUTE.certificateValues].map((type) =>
      attribute(type, octetString(Buffer.from('x'))),
    );
    const one = await readOne({ unsigned: () => broken });
    expect(one).toMatchObject({ intact: true, authentic: true, evidence: [], reasons: [] });
  });
});

describe('what a file may cost', () => {
  it('content is digested once, however many signers and stamps are over it', async () => {
    let fed = 0;
    const content = {
      feed: async (sink: (window: Uint8Array) => void) => {
        fed += 1;
        sink(CONTENT);
      },
    };
    const [first, second] = [await digestOf(content, 'sha256'), await digestOf(content, 'sha256')];
    expect([fed, Buffer.compare(first, second)]).toEqual([1, 0]);
    await digestOf(content, 'sha512');
    expect(fed).toBe(2);
  });

  it('archive stamps over the whole content are computed up to sixteen in a file', async () => {
    const copied = attribute(ATTRIBUTE.archiveV2, ...Array<Buffer>(9).fill(stamp(CONTENT)));
    const signer = signerInfo({ by: leader, unsigned: () => [copied] }, CONTENT);
    const file = signedFile({
      content: CONTENT,
      signers: [signer, signer],
      certificates: [leader.certificate],
    });
    const { signatures } = await readCmsFile(file, { pool: [] });
    const intact = signatures.flatMap((one) => one.timestamps.map((each) => each.intact));
    expect(intact).toEqual([...Array(16).fill(false), null, null]);
  });
});
