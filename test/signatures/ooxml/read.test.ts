import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeZip } from '../../../scripts/province/zip.ts';
import { readOoxml } from '../../../signatures/ooxml/read.ts';
import { findings } from '../../support/findings.ts';
import {
  edited,
  type Files,
  groupReferences,
  letterFiles,
  manifestReferences,
  relationshipsXml,
  signOffice,
  withCustomProperties,
  withCustomXml,
  withPart,
  withTemplate,
  workbookFiles,
  zipped,
} from '../../support/ooxml.ts';
import { ourAgency, ourLeader } from '../../support/signing.ts';

const leader = ourLeader();
const agency = ourAgency();
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

const read = (files: Files) => readOoxml(zipped(files), { pool: [] });
const signedLetter = () => signOffice(letterFiles(), leader);

describe('an Office document as Office signs it has no finding', () => {
  const good: [name: string, make: () => Files][] = [
    ['a letter', signedLetter],
    ['a workbook', () => signOffice(workbookFiles(), leader)],
    ['a letter signed by the leader, then by the agency', () => signOffice(signedLetter(), agency)],
    ['no XAdES properties', () => signOffice(letterFiles(), leader, { signingTime: null })],
    [
      'properties changed after signing',
      () => edited(signedLetter(), 'docProps/core.xml', 'Công văn', 'Khác'),
    ],
    [
      'relationships chosen by type',
      () => {
        const files = letterFiles();
        return signOffice(files, leader, { references: groupReferences(files) });
      },
    ],
    ['custom XML that nothing shows', () => signOffice(withCustomXml(letterFiles()), leader)],
    ['custom properties', () => signOffice(withCustomProperties(letterFiles(), '<a/>'), leader)],
    [
      'a template on the author’s own disk',
      () => signOffice(withTemplate(letterFiles(), 'file:///C:\\Mau\\Normal.dotm'), leader),
    ],
    [
      'a preview picture',
      () =>
        withPart(
          signedLetter(),
          { name: 'docProps/thumbnail.png', content: 'png' },
          {
            rels: '_rels/.rels',
            relation: {
              id: 'rId60',
              type: `${PACKAGE}/metadata/thumbnail`,
              target: 'docProps/thumbnail.png',
            },
          },
        ),
    ],
  ];
  it.each(good)('%s', async (_, make) => {
    const facts = await read(make());
    expect(findings(facts)).toEqual([]);
    expect(facts.defects).toEqual([]);
    expect(facts.signatures.length).toBeGreaterThan(0);
    for (const one of facts.signatures)
      expect(one).toMatchObject({ intact: true, authentic: true, coverage: { wholeFile: true } });
  });

  it('says that properties are not covered', async () => {
    const [signature] = (await read(signedLetter())).signatures;
    expect(signature!.coverage.notCovered).toEqual(['/docProps/core.xml', '/docProps/app.xml']);
    expect(signature!.certificate!.der).toEqual(leader.certificate);
  });

  it('takes the claimed time from the package object where XAdES names none', async () => {
    const [signature] = (await read(signOffice(letterFiles(), leader, { signingTime: null }))).signatures;
    expect(signature!.claimedTime).toBe('2026-09-07T02:00:00.000Z');
  });
});

describe('a document without document signature has none', () => {
  it.each<[string, Files]>([
    ['a letter', letterFiles()],
    [
      'macros that are signed, in a letter that is not',
      withPart(withPart(letterFiles(), { name: 'word/vbaProject.bin', content: 'vba' }), {
        name: 'word/vbaProjectSignature.bin',
        content: 'signature',
        type: 'application/vnd.ms-office.vbaProjectSignature',
      }),
    ],
  ])('%s', async (_, files) => {
    expect((await read(files)).signatures).toEqual([]);
  });
});

describe('limits hold', () => {
  it('more signatures than anybody makes are not all read, and the rest is in doubt', async () => {
    let files = signedLetter();
    for (let index = 0; index < 100; index++)
      files = withPart(files, { name: `_xmlsignatures/more${index}.xml`, content: '<a/>' });
    const facts = await read(files);
    expect(facts.signatures).toHaveLength(100);
    expect(facts.signatures[0]!.reasons).toEqual([{ code: 'LIMIT', detail: 'more than 100 signatures' }]);
  });

  it.each<[string, (count: number) => Files, string]>([
    [
      'relationships',
      (count) => {
        const relations = Array.from({ length: count }, (_, at) => ({
          id: `r${at}`,
          type: 't',
          target: 'u',
        }));
        return new Map([...signedLetter(), ['word/_rels/a.xml.rels', relationshipsXml(relations)]]);
      },
      '/word/_rels/a.xml.rels has more than 50000 relationships',
    ],
    [
      'content types',
      (count) => {
        const types = Array.from(
          { length: count },
          (_, at) => `<Override PartName="/${at}" ContentType="x"/>`,
        );
        return edited(signedLetter(), '[Content_Types].xml', '</Types>', `${types.join('')}</Types>`);
      },
      'more than 40000 content types',
    ],
  ])('%s beyond counting are not read', async (_, make, detail) => {
    const facts = await read(make(50_001));
    expect(facts.defects).toContainEqual({ code: 'LIMIT', detail });
  });
});

describe('what speaks against the document itself breaks the signature', () => {
  it('a signature that does not cover the main part is broken, not only suspect', async () => {
    const references = manifestReferences(letterFiles()).filter(
      (one) => !one.includes('/word/document.xml?'),
    );
    const [signature] = (await read(signOffice(letterFiles(), leader, { references }))).signatures;
    expect(signature!.changes).toEqual([
      {
        kind: 'UNSIGNED_PART',
        detail: '/word/document.xml, the document itself, is not signed',
        allowed: false,
        breaks: true,
      },
    ]);
  });

  it('a changed part is told as changed, and not once more as added', async () => {
    const [signature] = (await read(edited(signedLetter(), 'word/document.xml', 'Sở', 'Ban'))).signatures;
    expect(signature).toMatchObject({ intact: false, authentic: true, changes: [] });
    expect(signature!.reasons.map(({ code }) => code)).toEqual(['HASH_FAILURE']);
  });

  it('a zip that readers see differently breaks every signature', async () => {
    const twice = [...signedLetter()].map(([name, content]) => ({ name, content: Buffer.from(content) }));
    const evil = {
      name: 'word/document.xml',
      content: Buffer.from(letterFiles('Giả mạo').get('word/document.xml')!),
    };
    const facts = await readOoxml(makeZip([...twice, evil]), { pool: [] });
    expect(findings(facts)).toEqual(['FORMAT_FAILURE']);
  });

  it('bytes that are no zip give a defect and no signature', async () => {
    const facts = await readOoxml(Buffer.from('PK\x03\x04 not a zip'), { pool: [] });
    expect(facts.signatures).toEqual([]);
    expect(facts.defects[0]!.code).toBe('FORMAT_FAILURE');
  });
});

const SAMPLES = new URL('../../../../shared/signature-samples/ooxml/', import.meta.url);

describe.skipIf(!existsSync(SAMPLES))('the signed Office samples (skipped without ../shared)', () => {
  it.each([
    ['lo_signing__signature-forgery-cdh-lfh.docx', ['FORMAT_FAILURE', 'UNSIGNED_PART']],
    ['rubdsv_OOXML_test_file_containing_an_invalid_signature.docx', ['HASH_FAILURE']],
    ['mut_docx_manifest_ref_removed.docx', ['HASH_FAILURE']],
    ['mut_docx_coreprops.docx', []],
    ['poi_hello-world-office-2010-technical-preview.docx', []],
    ['poi_ms-office-2010-signed.xlsx', []],
    ['poi_Office2010-SP1-XAdES-X-L.docx', []],
  ])('%s → %j', async (name, expected) => {
    const facts = await readOoxml(readFileSync(new URL(name, SAMPLES)), { pool: [] });
    expect(facts.signatures).toHaveLength(1);
    expect(findings(facts)).toEqual(expected);
  });
});
