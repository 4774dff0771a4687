/** Small Office documents, and a signer that signs them as Office does: a manifest of parts and chosen relationships. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../scripts/province/certificates.ts';
import { makeZip } from '../../scripts/province/zip.ts';
import { DS } from '../../signatures/xml/namespaces.ts';
import { ALGORITHM, HERE, signXml } from './xml-signing.ts';

/** Entry name to content, in the order of the archive. */
export type Files = Map<string, string>;

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
export const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const SIGNATURE = 'application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml';

export const xml = (body: string) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`;

export interface Relation {
  id: string;
  type: string;
  target: string;
  external?: boolean;
}

const relation = ({ id, type, target, external }: Relation) =>
  `<Relationship Id="${id}" Type="${type}" Target="${target}"${external === true ? ' TargetMode="External"' : ''}/>`;

export function relationshipsXml(relations: Relation[]): string {
  const body = relations.map(relation).join('\n  ');
  return xml(`<Relationships xmlns="${PACKAGE}/relationships">\n  ${body}\n</Relationships>`);
}

function contentTypesXml(
  overrides: [part: string, type: string][],
  defaults: [string, string][] = [],
): string {
  const all: [string, string][] = [
    ['rels', 'application/vnd.openxmlformats-package.relationships+xml'],
    ['xml', 'application/xml'],
    ['png', 'image/png'],
    ...defaults,
  ];
  const lines = [
    ...all.map(([extension, type]) => `<Default Extension="${extension}" ContentType="${type}"/>`),
    ...overrides.map(([part, type]) => `<Override PartName="${part}" ContentType="${type}"/>`),
  ];
  return xml(`<Types xmlns="${PACKAGE}/content-types">${lines.join('')}</Types>`);
}

const PROPERTIES: [string, string][] = [
  ['/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'],
  ['/docProps/app.xml', 'application/vnd.openxmlformats-officedocument.extended-properties+xml'],
];

function packageFiles(main: Relation, overrides: [string, string][], parts: [string, string][]): Files {
  return new Map([
    ['[Content_Types].xml', contentTypesXml([...overrides, ...PROPERTIES])],
    [
      '_rels/.rels',
      relationshipsXml([
        main,
        {
          id: 'rId2',
          type: `${PACKAGE}/relationships/metadata/core-properties`,
          target: 'docProps/core.xml',
        },
        { id: 'rId3', type: `${OFFICE}/extended-properties`, target: 'docProps/app.xml' },
      ]),
    ],
    ...parts,
    [
      'docProps/core.xml',
      xml('<cp:coreProperties xmlns:cp="urn:core"><title>Công văn</title></cp:coreProperties>'),
    ],
    ['docProps/app.xml', xml('<Properties xmlns="urn:app"><Application>Mau</Application></Properties>')],
  ]);
}

/** A letter: text, styles, settings, a picture-less header, a hyperlink to outside. */
export function letterFiles(text = 'Kính gửi: Sở Nội vụ tỉnh Mẫu'): Files {
  const w = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
  const element = (name: string, body: string) => xml(`<w:${name} xmlns:w="${w}">${body}</w:${name}>`);
  return packageFiles(
    { id: 'rId1', type: `${OFFICE}/officeDocument`, target: 'word/document.xml' },
    [
      ['/word/document.xml', `${WORD}.document.main+xml`],
      ['/word/styles.xml', `${WORD}.styles+xml`],
      ['/word/settings.xml', `${WORD}.settings+xml`],
      ['/word/header1.xml', `${WORD}.header+xml`],
    ],
    [
      ['word/document.xml', element('document', `<w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body>`)],
      [
        'word/_rels/document.xml.rels',
        relationshipsXml([
          { id: 'rId10', type: `${OFFICE}/styles`, target: 'styles.xml' },
          { id: 'rId2', type: `${OFFICE}/settings`, target: 'settings.xml' },
          { id: 'rId1', type: `${OFFICE}/header`, target: 'header1.xml' },
          {
            id: 'rId3',
            type: `${OFFICE}/hyperlink`,
            target: 'https://mau.example.gov.vn/?a=1&amp;b=2',
            external: true,
          },
        ]),
      ],
      ['word/styles.xml', element('styles', '<w:style w:styleId="Normal"/>')],
      ['word/settings.xml', element('settings', '')],
      ['word/header1.xml', element('hdr', '<w:p/>')],
    ],
  );
}

/** A workbook with one sheet. */
export function workbookFiles(): Files {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return packageFiles(
    { id: 'rId1', type: `${OFFICE}/officeDocument`, target: 'xl/workbook.xml' },
    [
      ['/xl/workbook.xml', `${SHEET}.sheet.main+xml`],
      ['/xl/worksheets/sheet1.xml', `${SHEET}.worksheet+xml`],
    ],
    [
      [
        'xl/workbook.xml',
        xml(`<workbook xmlns="${main}"><sheets><sheet name="A" sheetId="1"/></sheets></workbook>`),
      ],
      [
        'xl/_rels/workbook.xml.rels',
        relationshipsXml([{ id: 'rId1', type: `${OFFICE}/worksheet`, target: 'worksheets/sheet1.xml' }]),
      ],
      ['xl/worksheets/sheet1.xml', xml(`<worksheet xmlns="${main}"><sheetData/></worksheet>`)],
    ],
  );
}

/** Adds a part with its content type, and a relationship to it where one is given. */
export function withPart(
  files: Files,
  part: { name: string; content: string; type?: string },
  from?: { rels: string; relation: Relation },
): Files {
  const changed = new Map(files).set(part.name, part.content);
  const types = changed.get('[Content_Types].xml')!;
  if (part.type !== undefined) {
    const override = `<Override PartName="/${part.name}" ContentType="${part.type}"/></Types>`;
    changed.set('[Content_Types].xml', types.replace('</Types>', override));
  }
  return from === undefined ? changed : withRelation(changed, from.rels, from.relation);
}

export function withRelation(files: Files, rels: string, added: Relation): Files {
  const text = files.get(rels) ?? relationshipsXml([]);
  return new Map(files).set(rels, text.replace('</Relationships>', `${relation(added)}</Relationships>`));
}

/** Replaces text in one file; the text must be there. */
export function edited(files: Files, name: string, from: string | RegExp, to: string): Files {
  const text = files.get(name)!;
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to replace in ${name}`);
  return new Map(files).set(name, changed);
}

export function zipped(files: Files): Buffer {
  return makeZip([...files].map(([name, content]) => ({ name, content: Buffer.from(content) })));
}

function digested(uri: string, bytes: string, transforms = ''): string {
  const digest = createHash('sha256').update(bytes).digest('base64');
  const method = `<ds:DigestMethod Algorithm="${ALGORITHM.sha256}"/>`;
  return `<ds:Reference URI="${uri}">${transforms}${method}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`;
}

function typeOf(files: Files, name: string): string {
  const types = files.get('[Content_Types].xml')!;
  const own = new RegExp(`PartName="/${name}" ContentType="([^"]*)"`).exec(types);
  const extension = name.split('.').at(-1)!;
  return (own ?? new RegExp(`Extension="${extension}" ContentType="([^"]*)"`).exec(types))![1]!;
}

/** What Office leaves unsigned. */
const UNSIGNED =
  /core-properties|extended-properties|custom-properties|thumbnail|digital-signature|\/customXml/;

/** The relationship transform written out by hand, so that it does not share the code that it tests. */
function chosenRelationships(text: string): { ids: string[]; canonical: string } {
  const all = [...text.matchAll(/<Relationship [^>]*>/g)].map(([one]) => {
    const of = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(one)?.[1];
    return { id: of('Id')!, type: of('Type')!, target: of('Target')!, mode: of('TargetMode') ?? 'Internal' };
  });
  const chosen = all.filter(({ type }) => !UNSIGNED.test(type));
  const sorted = [...chosen].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = sorted.map(
    ({ id, type, target, mode }) =>
      `<Relationship Id="${id}" Target="${target}" TargetMode="${mode}" Type="${type}"></Relationship>`,
  );
  const canonical = `<Relationships xmlns="${PACKAGE}/relationships">${lines.join('')}</Relationships>`;
  return { ids: chosen.map(({ id }) => id), canonical };
}

function relationshipReference(name: string, text: string): string {
  const { ids, canonical } = chosenRelationships(text);
  const selected = ids.map((id) => `<mdssi:RelationshipReference SourceId="${id}"/>`).join('');
  const chosen = `<ds:Transform Algorithm="${PACKAGE}/RelationshipTransform">${selected}</ds:Transform>`;
  const transforms = `<ds:Transforms>${chosen}<ds:Transform Algorithm="${ALGORITHM.c14n}"/></ds:Transforms>`;
  const uri = `/${name}?ContentType=application/vnd.openxmlformats-package.relationships+xml`;
  return digested(uri, canonical, transforms);
}

/** The references of the manifest, as Office makes them. */
export function manifestReferences(files: Files): string[] {
  return [...files]
    .filter(([name]) => !/^\[Content_Types\]|^docProps|^_xmlsignatures|^customXml/.test(name))
    .map(([name, text]) =>
      name.endsWith('.rels')
        ? relationshipReference(name, text)
        : digested(`/${name}?ContentType=${typeOf(files, name)}`, text),
    );
}

export interface OfficeSigning {
  /** Default: every part and relationship that Office signs. */
  references?: string[];
  /** False leaves the package object out of SignedInfo. */
  packageSigned?: boolean;
  /** False leaves the object with the details that Office shows out. */
  detailsSigned?: boolean;
  /** Null = no XAdES properties. */
  signingTime?: string | null;
}

const TIME = '2026-09-07T02:00:00Z';

function objects(references: string[]): string {
  const property = (id: string, body: string) =>
    `<ds:SignatureProperties><ds:SignatureProperty Id="${id}" Target="#idPackageSignature">${body}` +
    '</ds:SignatureProperty></ds:SignatureProperties>';
  const time = `<mdssi:SignatureTime><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format><mdssi:Value>${TIME}</mdssi:Value></mdssi:SignatureTime>`;
  const details =
    '<SignatureInfoV1 xmlns="http://schemas.microsoft.com/office/2006/digsig"><SignatureText>Đã ký</SignatureText></SignatureInfoV1>';
  return (
    `<ds:Object Id="idPackageObject" xmlns:mdssi="${PACKAGE}/digital-signature"><ds:Manifest>${references.join('')}</ds:Manifest>` +
    `${property('idSignatureTime', time)}</ds:Object>` +
    `<ds:Object Id="idOfficeObject">${property('idOfficeV1Details', details)}</ds:Object>`
  );
}

/** A signature part over these references of its manifest. */
export function signatureXml(signer: Signer, references: string[], options: OfficeSigning = {}): string {
  const { packageSigned = true, detailsSigned = true, signingTime = TIME } = options;
  const type = `${DS}Object`;
  const signed = signXml(HERE, signer, {
    id: 'idPackageSignature',
    canonicalization: ALGORITHM.c14n,
    references: [
      ...(packageSigned ? [{ uri: '#idPackageObject', type }] : []),
      ...(detailsSigned ? [{ uri: '#idOfficeObject', type }] : []),
    ],
    objects: objects(references),
    ...(signingTime === null ? {} : { xades: { signingTime, names: signer.certificate } }),
  });
  return xml(signed.toString());
}

/** Adds the parts that carry a signature: origin, relationships, content types. */
export function withSignaturePart(files: Files, signature: string): Files {
  const count = [...files.keys()].filter((name) => /^_xmlsignatures\/sig\d+\.xml$/.test(name)).length + 1;
  const name = `_xmlsignatures/sig${count}.xml`;
  const infrastructure = `${PACKAGE}/relationships/digital-signature`;
  const origin = 'application/vnd.openxmlformats-package.digital-signature-origin';
  const based =
    count > 1
      ? files
      : withPart(
          files,
          { name: '_xmlsignatures/origin.sigs', content: '', type: origin },
          {
            rels: '_rels/.rels',
            relation: { id: 'rId99', type: `${infrastructure}/origin`, target: '_xmlsignatures/origin.sigs' },
          },
        );
  return withPart(
    based,
    { name, content: signature, type: SIGNATURE },
    {
      rels: '_xmlsignatures/_rels/origin.sigs.rels',
      relation: { id: `rId${count}`, type: `${infrastructure}/signature`, target: `sig${count}.xml` },
    },
  );
}

/** Signs a document as Office does. */
export function signOffice(files: Files, signer: Signer, options: OfficeSigning = {}): Files {
  const references = options.references ?? manifestReferences(files);
  return withSignaturePart(files, signatureXml(signer, references, options));
}

export const DOCUMENT_RELS = 'word/_rels/document.xml.rels';

export const withTemplate = (files: Files, target: string) =>
  withRelation(files, 'word/_rels/settings.xml.rels', {
    id: 'rId1',
    type: `${OFFICE}/attachedTemplate`,
    target,
    external: true,
  });

/** Custom XML as Word adds it: an item and its properties. */
export function withCustomXml(files: Files): Files {
  const item = withPart(
    files,
    { name: 'customXml/item1.xml', content: xml('<b:Sources xmlns:b="urn:b"/>') },
    {
      rels: DOCUMENT_RELS,
      relation: { id: 'rId40', type: `${OFFICE}/customXml`, target: '../customXml/item1.xml' },
    },
  );
  return withPart(
    item,
    {
      name: 'customXml/itemProps1.xml',
      content: xml('<ds xmlns="urn:ds"/>'),
      type: 'application/vnd.openxmlformats-officedocument.customXmlProperties+xml',
    },
    {
      rels: 'customXml/_rels/item1.xml.rels',
      relation: { id: 'rId1', type: `${OFFICE}/customXmlProps`, target: 'itemProps1.xml' },
    },
  );
}

export function withCustomProperties(files: Files, body: string): Files {
  return withPart(
    files,
    {
      name: 'docProps/custom.xml',
      content: xml(`<Properties xmlns="urn:p">${body}</Properties>`),
      type: 'application/vnd.openxmlformats-officedocument.custom-properties+xml',
    },
    {
      rels: '_rels/.rels',
      relation: { id: 'rId41', type: `${OFFICE}/custom-properties`, target: 'docProps/custom.xml' },
    },
  );
}

/** A content control that shows a value from elsewhere. */
export const BOUND = '</w:t><w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr></w:sdt><w:t>';

/** The selection by type in place of the one by Id. */
export function groupReferences(files: Files): string[] {
  const types = ['styles', 'settings', 'header', 'hyperlink'].map(
    (type) => `<mdssi:RelationshipsGroupReference SourceType="${OFFICE}/${type}"/>`,
  );
  return manifestReferences(files).map((one) =>
    one.includes(DOCUMENT_RELS)
      ? one.replace(/(?:<mdssi:RelationshipReference SourceId="\w+"\/>)+/, types.join(''))
      : one,
  );
}

export const withOutside = (files: Files, type: string, target: string) =>
  withRelation(files, DOCUMENT_RELS, { id: 'rId50', type: `${OFFICE}/${type}`, target, external: true });
