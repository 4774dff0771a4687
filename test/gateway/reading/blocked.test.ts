import { describe, expect, it } from 'vitest';
import { blockedParts } from '../../../gateway/reading/blocked.ts';
import { detectType } from '../../../mail/detect-type.ts';
import { makePart } from '../../support/facts.ts';

const EXTENSIONS = ['exe', 'js', 'scr'];
const blocked = (part: Parameters<typeof makePart>[0]) =>
  blockedParts([makePart(part)], EXTENSIONS).length > 0;

describe('VAL-06 content that is never opened', () => {
  it.each<[string, Parameters<typeof makePart>[0], boolean]>([
    ['a PDF', {}, false],
    [
      'a program, whatever its name',
      { detectedType: 'application/x-msdownload', name: 'cong-van.pdf' },
      true,
    ],
    ['a shortcut', { detectedType: 'application/x-ms-shortcut', name: 'cong-van.pdf' }, true],
    ['a forbidden extension, whatever its content', { detectedType: 'text/plain', name: 'a.JS' }, true],
    ['two extensions: the last counts', { name: 'cong-van.pdf.exe' }, true],
    ['a forbidden word in the middle is none', { name: 'exe.bao-cao.pdf' }, false],
    ['dots and spaces behind it, which Windows drops', { name: 'a.exe. . ', rawName: 'a.exe. . ' }, true],
    ['hidden characters in the name as it came', { name: 'a', rawName: 'a.ex\u200be' }, false],
    ['a hidden character behind the extension', { name: 'a.exe', rawName: 'a.exe\u200b' }, true],
    ['the name as it came, when the safe one lost its extension', { name: 'a', rawName: 'a.scr ' }, true],
    ['no name', { name: '', rawName: null }, false],
  ])('%s', (_name, part, expected) => {
    expect(blocked(part)).toBe(expected);
  });

  it.each([
    ['MZ program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(510)]), 'x.pdf'],
    ['ELF', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), 'x.pdf'],
    ['Mach-O', Buffer.from('\xcf\xfa\xed\xfe', 'latin1'), 'x.pdf'],
    ['shell script', Buffer.from('#!/bin/sh\nrm -rf /'), 'x.pdf'],
    ['batch file', Buffer.from('@echo off'), 'x.bat'],
  ])('what the detector calls a program is blocked: %s', (_name, head, name) => {
    expect(blocked({ detectedType: detectType(head, name), name: 'x.pdf', rawName: 'x.pdf' })).toBe(true);
  });

  it('names the part and why, for the clerk', () => {
    expect(blockedParts([makePart({ path: '2/1', name: 'a.exe' })], EXTENSIONS)).toEqual([
      { part: '2/1', reason: 'đuôi .exe' },
    ]);
  });
});
