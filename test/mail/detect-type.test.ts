import { describe, expect, it } from 'vitest';
import { detectType } from '../../mail/detect-type.ts';
import { makeXlsx, makeZip } from '../../scripts/province/zip.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('a file is what its bytes say (VAL-06)', () => {
  it.each<[string, Buffer, string, string]>([
    ['PDF', bytes('%PDF-1.7\n'), 'a.txt', 'application/pdf'],
    ['PDF behind junk', bytes('\n\njunk%PDF-1.4'), 'a', 'application/pdf'],
    [
      'a program named .pdf',
      bytes(`MZ\x90\0\x03${'\0'.repeat(80)}`),
      'cong van.pdf',
      'application/x-msdownload',
    ],
    ['ELF', bytes('\x7fELF\x02'), 'a.pdf', 'application/x-elf'],
    ['Mach-O', bytes('\xcf\xfa\xed\xfe'), 'a', 'application/x-mach-binary'],
    ['a script', bytes('#!/bin/sh\n'), 'a.txt', 'application/x-sh'],
    ['a batch file', bytes('@echo off\r\n'), 'a.bat', 'text/x-script'],
    ['JPEG', bytes('\xff\xd8\xff\xe0'), 'a.pdf', 'image/jpeg'],
    ['TIFF', bytes('II*\0'), 'a', 'image/tiff'],
    ['RTF', bytes('{\\rtf1'), 'a.doc', 'application/rtf'],
    ['7z', bytes('7z\xbc\xaf\x27\x1c'), 'a', 'application/x-7z-compressed'],
    ['RAR', bytes('Rar!\x1a\x07\x01'), 'a', 'application/vnd.rar'],
    ['winmail.dat', bytes('\x78\x9f\x3e\x22\0\0'), 'winmail.dat', 'application/ms-tnef'],
    ['old Word', bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'a.doc', 'application/msword'],
    ['edXML', bytes('<?xml version="1.0"?><edXML>'), 'a.xml', 'application/edxml+xml'],
    ['a message', bytes('From: a@b\r\nTo: c@d\r\nSubject: x\r\n'), 'a', 'message/rfc822'],
    ['text', bytes('Kinh gui'), 'a.pdf', 'text/plain'],
    ['nothing', bytes(''), 'a.pdf', 'application/octet-stream'],
    ['a zip', makeZip([{ name: 'a.pdf', content: Buffer.from('x') }]), 'a.docx', 'application/zip'],
    [
      'a spreadsheet',
      makeXlsx([['a']]),
      'a.zip',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
  ])('%s', (_, head, name, type) => {
    expect(detectType(head, name)).toBe(type);
  });
});
