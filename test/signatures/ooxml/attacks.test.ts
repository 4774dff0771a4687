import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readOoxml } from '../../../signatures/ooxml/read.ts';
import { findings } from '../../support/findings.ts';
import {
  BOUND,
  DOCUMENT_RELS,
  edited,
  type Files,
  groupReferences,
  letterFiles,
  manifestReferences,
  OFFICE,
  relationshipsXml,
  signatureXml,
  signOffice,
  withCustomProperties,
  withCustomXml,
  withOutside,
  withPart,
  withRelation,
  withSignaturePart,
  withTemplate,
  workbookFiles,
  xml,
  zipped,
} from '../../support/ooxml.ts';
import { ourLeader } from '../../support/signing.ts';

const leader = ourLeader();
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const SIGNATURE = '_xmlsignatures/sig1.xml';

const read = (files: Files) => readOoxml(zipped(files), { pool: [] });
const signedLetter = () => signOffice(letterFiles(), leader);

type Attack = [name: string, expected: string, make: () => Files];

/** A signed document of another kind, whole, beside the parts of this one. */
function besideEachOther(signed: Files, other: Files): Files {
  return new Map([...other, ...signed]);
}

const header = {
  name: 'word/header9.xml',
  content: xml('<w:hdr xmlns:w="urn:w"/>'),
  type: `${WORD}.header+xml`,
};
const headerRelation = {
  rels: DOCUMENT_RELS,
  relation: { id: 'rId90', type: `${OFFICE}/header`, target: 'header9.xml' },
};

/** Rohlmann, Mladenov, Mainka, Hirschberger, Schwenk: Every Signature is Broken (USENIX Security 2023). */
const PUBLISHED: Attack[] = [
  [
    'content injection: people.xml, which Word takes in by its name alone',
    'UNSIGNED_PART',
    () =>
      withPart(signedLetter(), {
        name: 'word/people.xml',
        content: xml('<w15:people xmlns:w15="urn:w15"/>'),
      }),
  ],
  [
    'content injection: a header with a text box over the page',
    'RELATIONSHIP_ADDED',
    () => withPart(signedLetter(), header, headerRelation),
  ],
  [
    'content masking: styles taken out before signing, put back after it',
    'UNSIGNED_PART',
    () => {
      const whole = letterFiles();
      const stripped = edited(whole, DOCUMENT_RELS, /<Relationship Id="rId10"[^>]*>/, '');
      stripped.delete('word/styles.xml');
      const signed = signOffice(stripped, leader);
      return new Map([
        ...signed,
        ['word/styles.xml', whole.get('word/styles.xml')!],
        [DOCUMENT_RELS, whole.get(DOCUMENT_RELS)!],
      ]);
    },
  ],
  [
    'content masking: a font embedded after signing',
    'RELATIONSHIP_ADDED',
    () =>
      withPart(
        signedLetter(),
        {
          name: 'word/fonts/font1.odttf',
          content: 'font',
          type: 'application/vnd.openxmlformats-officedocument.obfuscatedFont',
        },
        {
          rels: 'word/_rels/fontTable.xml.rels',
          relation: { id: 'rId1', type: `${OFFICE}/font`, target: 'fonts/font1.odttf' },
        },
      ),
  ],
  [
    'universal forgery: SignedInfo of another signature, which knows nothing of the package object',
    'FORMAT_FAILURE',
    () => signOffice(letterFiles('Giả mạo'), leader, { packageSigned: false }),
  ],
  [
    'universal forgery: SignedInfo, value and key taken from a signed text of another format',
    'SIGNED_DATA_NOT_FOUND',
    () => {
      const forged = signOffice(letterFiles('Giả mạo'), leader, {
        packageSigned: false,
        detailsSigned: false,
        signingTime: null,
      });
      return edited(
        forged,
        SIGNATURE,
        '</ds:SignedInfo>',
        '<ds:Reference URI="content.xml"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>',
      );
    },
  ],
  [
    'legacy wrapping: a signature over the streams of an .xls, embedded in a letter',
    'UNSIGNED_PART',
    () => {
      const type = 'application/octet-stream';
      const streams = withPart(
        new Map([['[Content_Types].xml', letterFiles().get('[Content_Types].xml')!]]),
        { name: 'Workbook', content: 'xls', type },
      );
      const signature = signatureXml(leader, manifestReferences(streams));
      const letter = withPart(letterFiles('Giả mạo'), { name: 'Workbook', content: 'xls', type });
      return withSignaturePart(letter, signature);
    },
  ],
  [
    'malicious repair: a second document that the package also opens with',
    'FORMAT_FAILURE',
    () =>
      withPart(
        signedLetter(),
        {
          name: 'evil/document.xml',
          content: letterFiles('Giả mạo').get('word/document.xml')!,
          type: `${WORD}.document.main+xml`,
        },
        {
          rels: '_rels/.rels',
          relation: { id: 'rId0', type: `${OFFICE}/officeDocument`, target: 'evil/document.xml' },
        },
      ),
  ],
  [
    'malicious repair: a letter put into a signed workbook',
    'UNSIGNED_PART',
    () => besideEachOther(signOffice(workbookFiles(), leader), letterFiles('Giả mạo')),
  ],
  [
    'malicious repair: broken types, so that the repair chooses what to show',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '[Content_Types].xml', '</Types>', '<Types>'),
  ],
  [
    'a picture fetched anew at every opening (IncludePicture)',
    'EXTERNAL_CONTENT',
    () => signOffice(withOutside(letterFiles(), 'image', 'https://ngoai.example/a.png'), leader),
  ],
  [
    'an empty signature part, which Office for Mac takes for a signature',
    'FORMAT_FAILURE',
    () => withPart(letterFiles(), { name: SIGNATURE, content: '' }),
  ],
];

const PARTS: Attack[] = [
  [
    'text changed',
    'HASH_FAILURE',
    () => edited(signedLetter(), 'word/document.xml', 'Sở Nội vụ', 'Sở Tài chính'),
  ],
  [
    'a signed part taken away',
    'HASH_FAILURE',
    () => {
      const files = signedLetter();
      files.delete('word/header1.xml');
      return files;
    },
  ],
  [
    'a reference taken out of the manifest',
    'HASH_FAILURE',
    () => edited(signedLetter(), SIGNATURE, /<ds:Reference URI="\/word\/header1[\s\S]*?<\/ds:Reference>/, ''),
  ],
  [
    'signature value changed',
    'SIG_CRYPTO_FAILURE',
    () => edited(signedLetter(), SIGNATURE, /SignatureValue>..../, 'SignatureValue>AAAA'),
  ],
  [
    'macros added',
    'UNSIGNED_PART',
    () =>
      withPart(signedLetter(), {
        name: 'word/vbaProject.bin',
        content: 'vba',
        type: 'application/vnd.ms-office.vbaProject',
      }),
  ],
  [
    'switched to macro-enabled',
    'HASH_FAILURE',
    () =>
      edited(
        signedLetter(),
        '[Content_Types].xml',
        `${WORD}.document.main+xml`,
        'application/vnd.ms-word.document.macroEnabled.main+xml',
      ),
  ],
  [
    'signed without its type, then switched to macro-enabled',
    'UNSIGNED_PART',
    () => {
      const files = letterFiles();
      const references = manifestReferences(files).map((one) =>
        one.replace(/(\/word\/document\.xml)\?ContentType=[^"]*/, '$1'),
      );
      const signed = signOffice(files, leader, { references });
      return edited(
        signed,
        '[Content_Types].xml',
        `${WORD}.document.main+xml`,
        'application/vnd.ms-word.document.macroEnabled.main+xml',
      );
    },
  ],
  [
    'a digest over what is left of a part after decoding it',
    'UNSIGNED_PART',
    () => {
      const files = edited(letterFiles(), 'word/header1.xml', /^[\s\S]*$/, 'QUFB');
      const digest = createHash('sha256').update('AAA').digest('base64');
      const references = manifestReferences(files).map((one) =>
        one.includes('header1')
          ? one
              .replace(
                /<ds:DigestMethod/,
                '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/></ds:Transforms><ds:DigestMethod',
              )
              .replace(/DigestValue>[^<]*/, `DigestValue>${digest}`)
          : one,
      );
      return signOffice(files, leader, { references });
    },
  ],
  [
    'details that Office shows are not signed',
    'FORMAT_FAILURE',
    () => signOffice(letterFiles(), leader, { detailsSigned: false }),
  ],
  [
    'a signature that no relationship leads to',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '_xmlsignatures/_rels/origin.sigs.rels', /<Relationship [^>]*>/, ''),
  ],
  [
    'custom XML that a content control shows',
    'UNSIGNED_PART',
    () => signOffice(withCustomXml(letterFiles(BOUND)), leader),
  ],
  ['properties that a content control shows', 'UNSIGNED_PART', () => signOffice(letterFiles(BOUND), leader)],
  [
    'properties that name code to load',
    'UNSIGNED_PART',
    () =>
      withCustomProperties(
        signedLetter(),
        '<property name="_AssemblyLocation">https://ngoai.example/a.vsto</property>',
      ),
  ],
  [
    'a part in pieces',
    'FORMAT_FAILURE',
    () => withPart(signedLetter(), { name: 'word/header2.xml/[0].last.piece', content: 'x' }),
  ],
  [
    'the same part under a percent-encoded name',
    'FORMAT_FAILURE',
    () => withPart(signedLetter(), { name: 'word/%64ocument.xml', content: 'x' }),
  ],
  [
    'two types for one part',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        '[Content_Types].xml',
        '</Types>',
        `<Override PartName="/WORD/document.xml" ContentType="${WORD}.document.main+xml"/></Types>`,
      ),
  ],
];

const RELATIONSHIPS: Attack[] = [
  [
    'attachedTemplate added',
    'RELATIONSHIP_ADDED',
    () => withTemplate(signedLetter(), 'https://ngoai.example/a.dotm'),
  ],
  [
    'attachedTemplate from outside, signed',
    'EXTERNAL_CONTENT',
    () => signOffice(withTemplate(letterFiles(), 'https://ngoai.example/a.dotm'), leader),
  ],
  [
    'oleObject from outside added',
    'RELATIONSHIP_ADDED',
    () => withOutside(signedLetter(), 'oleObject', 'https://ngoai.example/a'),
  ],
  [
    'a hyperlink added',
    'RELATIONSHIP_ADDED',
    () => withOutside(signedLetter(), 'hyperlink', 'https://ngoai.example/'),
  ],
  [
    'ribbon code added to the package',
    'RELATIONSHIP_ADDED',
    () =>
      withPart(
        signedLetter(),
        { name: 'customUI/customUI.xml', content: xml('<customUI xmlns="urn:u"/>') },
        {
          rels: '_rels/.rels',
          relation: {
            id: 'rId70',
            type: 'http://schemas.microsoft.com/office/2006/relationships/ui/extensibility',
            target: 'customUI/customUI.xml',
          },
        },
      ),
  ],
  [
    'one more of a type that was signed as a group',
    'HASH_FAILURE',
    () => {
      const files = letterFiles();
      const signed = signOffice(files, leader, { references: groupReferences(files) });
      return withPart(signed, header, headerRelation);
    },
  ],
  [
    'a link led elsewhere',
    'HASH_FAILURE',
    () => edited(signedLetter(), DOCUMENT_RELS, 'mau.example', 'ngoai.example'),
  ],
  [
    'a header exchanged for another part by its target',
    'HASH_FAILURE',
    () => edited(signedLetter(), DOCUMENT_RELS, 'header1.xml', 'header2.xml'),
  ],
  [
    'a target made external',
    'HASH_FAILURE',
    () =>
      edited(
        signedLetter(),
        DOCUMENT_RELS,
        'Target="header1.xml"',
        'Target="header1.xml" TargetMode="External"',
      ),
  ],
  [
    'a relationship taken away',
    'HASH_FAILURE',
    () => edited(signedLetter(), DOCUMENT_RELS, /<Relationship Id="rId1"[^>]*>/, ''),
  ],
  [
    'the main document under the type of properties',
    'RELATIONSHIP_ADDED',
    () =>
      withRelation(signedLetter(), '_rels/.rels', {
        id: 'rId80',
        type: `${PACKAGE}/metadata/core-properties`,
        target: 'word/document.xml',
      }),
  ],
  [
    'properties that the text takes in as a part',
    'UNSIGNED_PART',
    () =>
      withRelation(signedLetter(), DOCUMENT_RELS, {
        id: 'rId81',
        type: `${OFFICE}/aFChunk`,
        target: '../docProps/core.xml',
      }),
  ],
  [
    'properties from outside',
    'RELATIONSHIP_ADDED',
    () =>
      withRelation(signedLetter(), '_rels/.rels', {
        id: 'rId82',
        type: `${OFFICE}/custom-properties`,
        target: 'https://ngoai.example/',
        external: true,
      }),
  ],
  [
    'an Id that stands twice',
    'FORMAT_FAILURE',
    () =>
      withRelation(signedLetter(), DOCUMENT_RELS, {
        id: 'rId1',
        type: `${OFFICE}/header`,
        target: 'header1.xml',
      }),
  ],
  [
    'a choice that some readers make otherwise',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        DOCUMENT_RELS,
        '</Relationships>',
        '<mc:AlternateContent xmlns:mc="urn:mc"/></Relationships>',
      ),
  ],
  [
    'a document type declaration',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), DOCUMENT_RELS, '<Relationships', '<!DOCTYPE a><Relationships'),
  ],
  [
    'relationships of a part that is not there',
    'RELATIONSHIP_ADDED',
    () => {
      const none = relationshipsXml([{ id: 'rId1', type: `${OFFICE}/image`, target: 'a.png' }]);
      return new Map([...signedLetter(), ['word/_rels/people.xml.rels', none]]);
    },
  ],
];

const CORE = 'application/vnd.openxmlformats-package.core-properties+xml';

/** What no reader may understand in two ways, in parts that the signature does not cover. */
const MALFORMED: Attack[] = [
  [
    'types under another root',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '[Content_Types].xml', /Types/g, 'Kinds'),
  ],
  [
    'a declaration that is neither default nor override',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        '[Content_Types].xml',
        '</Types>',
        '<Other PartName="/x" ContentType="y"/></Types>',
      ),
  ],
  [
    'a declaration without type',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '[Content_Types].xml', '</Types>', '<Override PartName="/x"/></Types>'),
  ],
  [
    'a declaration without part',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '[Content_Types].xml', '</Types>', '<Override ContentType="x"/></Types>'),
  ],
  [
    'relationships under another root',
    'FORMAT_FAILURE',
    () => edited(signedLetter(), '_xmlsignatures/_rels/origin.sigs.rels', /Relationships/g, 'Links'),
  ],
  [
    'relationships that are no XML',
    'FORMAT_FAILURE',
    () => new Map([...signedLetter(), ['word/_rels/a.xml.rels', '<a']]),
  ],
  ...['Id', 'Type', 'Target'].map(
    (name): Attack => [
      `a relationship without ${name}`,
      'FORMAT_FAILURE',
      () =>
        new Map([
          ...signedLetter(),
          [
            'word/_rels/a.xml.rels',
            relationshipsXml([{ id: 'r', type: 't', target: 'u' }]).replace(new RegExp(` ${name}="."`), ''),
          ],
        ]),
    ],
  ),
  [
    'an attribute that no standard knows',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        '_rels/.rels',
        'Target="docProps/app.xml"',
        'Target="docProps/app.xml" Zweck="x"',
      ),
  ],
  [
    'an attribute of another namespace',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        '_rels/.rels',
        'Target="docProps/app.xml"',
        'Target="docProps/app.xml" xmlns:x="urn:x" x:Id="x"',
      ),
  ],
  [
    'a target mode that no standard knows',
    'FORMAT_FAILURE',
    () =>
      edited(
        signedLetter(),
        '_rels/.rels',
        'Target="docProps/app.xml"',
        'Target="docProps/app.xml" TargetMode="external"',
      ),
  ],
  [
    'a selection of something else',
    'FORMAT_FAILURE',
    () => {
      const files = letterFiles();
      const references = manifestReferences(files).map((one) =>
        one.replace('mdssi:RelationshipReference SourceId="rId2"', 'mdssi:Other SourceId="rId2"'),
      );
      return signOffice(files, leader, { references });
    },
  ],
  [
    'the same relationships chosen twice, so that nobody can tell what is signed',
    'RELATIONSHIP_ADDED',
    () => {
      const files = letterFiles();
      const references = manifestReferences(files);
      return signOffice(files, leader, {
        references: [...references, ...references.filter((one) => one.includes('.rels'))],
      });
    },
  ],
  [
    'a part with a digest that nobody can compute',
    'UNSIGNED_PART',
    () => {
      const files = letterFiles();
      const references = manifestReferences(files).map((one) =>
        one.includes('header1') ? one.replace('xmlenc#sha256', 'xmlenc#sha1024') : one,
      );
      return signOffice(files, leader, { references });
    },
  ],
];

/** Parts and relationships that look like those that Office leaves unsigned. */
const DISGUISED: Attack[] = [
  [
    'properties of another part',
    'RELATIONSHIP_ADDED',
    () =>
      withPart(
        signedLetter(),
        { name: 'docProps/core2.xml', content: xml('<a/>'), type: CORE },
        {
          rels: DOCUMENT_RELS,
          relation: {
            id: 'rId91',
            type: `${PACKAGE}/metadata/core-properties`,
            target: '../docProps/core2.xml',
          },
        },
      ),
  ],
  [
    'properties beside the text, where Word finds parts by name',
    'UNSIGNED_PART',
    () =>
      withPart(
        signedLetter(),
        { name: 'word/people.xml', content: xml('<a/>'), type: CORE },
        {
          rels: '_rels/.rels',
          relation: { id: 'rId92', type: `${PACKAGE}/metadata/core-properties`, target: 'word/people.xml' },
        },
      ),
  ],
  [
    'custom XML beside the text, where Word finds parts by name',
    'UNSIGNED_PART',
    () =>
      withPart(
        signedLetter(),
        { name: 'word/people.xml', content: xml('<a/>') },
        { rels: DOCUMENT_RELS, relation: { id: 'rId93', type: `${OFFICE}/customXml`, target: 'people.xml' } },
      ),
  ],
  [
    'custom XML of the package',
    'RELATIONSHIP_ADDED',
    () =>
      withPart(
        signedLetter(),
        { name: 'customXml/item9.xml', content: xml('<a/>') },
        {
          rels: '_rels/.rels',
          relation: { id: 'rId94', type: `${OFFICE}/customXml`, target: 'customXml/item9.xml' },
        },
      ),
  ],
  [
    'custom XML of properties',
    'RELATIONSHIP_ADDED',
    () =>
      withPart(
        signedLetter(),
        { name: 'customXml/item9.xml', content: xml('<a/>') },
        {
          rels: 'docProps/_rels/core.xml.rels',
          relation: { id: 'rId1', type: `${OFFICE}/customXml`, target: '../customXml/item9.xml' },
        },
      ),
  ],
  [
    'a signature of another part',
    'FORMAT_FAILURE',
    () => {
      const type = 'application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml';
      const files = signedLetter();
      return withPart(
        files,
        { name: 'extra/sig.xml', content: files.get(SIGNATURE)!, type },
        {
          rels: DOCUMENT_RELS,
          relation: {
            id: 'rId95',
            type: `${PACKAGE}/digital-signature/signature`,
            target: '../extra/sig.xml',
          },
        },
      );
    },
  ],
  [
    'a time of signing that is not signed',
    'FORMAT_FAILURE',
    () => {
      const time =
        '<ds:Object><m:SignatureTime xmlns:m="http://schemas.openxmlformats.org/package/2006/digital-signature"><m:Value>2020-01-01T00:00:00Z</m:Value></m:SignatureTime></ds:Object>';
      return edited(signedLetter(), SIGNATURE, '</ds:Signature>', `${time}</ds:Signature>`);
    },
  ],
];

describe.each([
  ['a published attack is found', PUBLISHED],
  ['a change to parts is found', PARTS],
  ['a change to relationships is found', RELATIONSHIPS],
  ['what can be read in two ways is found', MALFORMED],
  ['what poses as a part that Office leaves unsigned is found', DISGUISED],
])('%s', (_, attacks) => {
  it.each(attacks)('%s → %s', async (_name, expected, make) => {
    const facts = await read(make());
    expect(facts.signatures.length).toBeGreaterThan(0);
    expect(findings(facts)).toContain(expected);
  });
});
