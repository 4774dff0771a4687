import { describe, expect, it } from 'vitest';
import { fileKind, zipKind } from '../../signatures/detect.ts';

const cms = Buffer.from('308006092a864886f70d010702a0803080020101310f300d0609', 'hex');

describe('what kind of file it is', () => {
  const cases: [string, Buffer | string, string][] = [
    ['a PDF', '%PDF-1.7\n...', 'pdf'],
    ['a PDF behind a little rubbish', `${'x'.repeat(900)}%PDF-1.7`, 'pdf'],
    ['a PDF header too far inside is none', `${'\0'.repeat(2000)}%PDF-1.7`, 'none'],
    ['CMS, DER or BER', cms, 'cms'],
    ['CMS that holds a PDF', Buffer.concat([cms, Buffer.from('%PDF-1.7')]), 'cms'],
    ['CMS in PEM', '-----BEGIN PKCS7-----\nMIAG\n', 'cms'],
    ['CMS in PEM behind text', 'subject=CN = x\n\n-----BEGIN CMS-----\nMIAG\n', 'cms'],
    ['a message that quotes PEM', 'From: a@b\n\n-----BEGIN CMS-----\nMIAG\n', 'smime'],
    ['CMS in base64', cms.toString('base64'), 'cms'],
    ['CMS in base64 behind a byte-order mark', `\ufeff${cms.toString('base64')}`, 'cms'],
    ['XML', '<?xml version="1.0"?><a/>', 'xml'],
    ['XML with a byte-order mark', '\ufeff<edXML:a/>', 'xml'],
    ['XML in UTF-16', Buffer.from('\ufeff<?xml version="1.0"?><a/>', 'utf16le'), 'xml'],
    ['a message', 'Received: by x\r\nFrom: a@b\r\n\r\n', 'smime'],
    ['a message with an mbox line', 'From a@b Mon\nSubject: x\n\n', 'smime'],
    ['text with a colon is no message', 'Kính gửi: Sở Nội vụ\nabc\n', 'none'],
    ['a zip', 'PK\x03\x04........', 'zip'],
    ['nothing', '', 'none'],
    ['a picture', '\x89PNG\r\n\x1a\n....', 'none'],
  ];
  it.each(cases)('%s', (_, bytes, kind) => {
    expect(fileKind(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)).toBe(kind);
  });

  it.each<[string, string[], string | null, string]>([
    ['OOXML', ['[Content_Types].xml', '_rels/.rels'], null, 'ooxml'],
    ['ODF by its mimetype', ['mimetype', 'content.xml'], 'application/vnd.oasis.opendocument.text', 'odf'],
    ['ODF without a mimetype', ['META-INF/manifest.xml', 'content.xml'], null, 'odf'],
    ['ASiC by its mimetype', ['mimetype', 'a.txt'], 'application/vnd.etsi.asic-e+zip', 'asic'],
    ['ASiC by its signatures', ['META-INF/signature1.p7s', 'a.txt'], null, 'asic'],
    ['any archive', ['a.txt'], null, 'none'],
  ])('a container: %s', (_, names, mimetype, kind) => {
    expect(zipKind(names, mimetype)).toBe(kind);
  });
});
