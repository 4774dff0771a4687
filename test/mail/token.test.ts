import { describe, expect, test } from 'vitest';
import { findToken } from '../../mail/token.ts';

const TOKEN = 'abcdefghij234567';

describe('Our token', () => {
  test.each([
    ['a Message-ID', `<cv.${TOKEN}@mau.example.gov.vn>`],
    ['an envelope sender (VERP)', `vanthu+cv.${TOKEN}@mau.example.gov.vn`],
    ['an envelope sender in brackets', `<vanthu+cv.${TOKEN}@mau.example.gov.vn>`],
    ['an ENVID', `cv.${TOKEN}`],
    ['an address in upper case', `VANTHU+CV.${TOKEN.toUpperCase()}@MAU.EXAMPLE.GOV.VN`],
    ['xtext (RFC 3461)', `rfc822;vanthu+2Bcv.${TOKEN}@mau.example.gov.vn`],
    ['an address rewritten by a forwarder', `SRS0=ab=cd=mau.example.gov.vn=vanthu+cv.${TOKEN}@relay.example`],
    ['an address folded into the local part', `vanthu+cv.${TOKEN}=mau.example.gov.vn@relay.example`],
    ['a header block', `From: a@b.example\nMessage-ID: <cv.${TOKEN}@mau.example.gov.vn>\nTo: c@d.example`],
  ])('is found in %s', (_, text) => {
    expect(findToken(text)).toBe(TOKEN);
  });

  test.each([
    ['nothing', null],
    ['an empty text', ''],
    ['too few characters', '<cv.abcdefghij23456@mau.example.gov.vn>'],
    ['too many characters', `<cv.${'a'.repeat(41)}@mau.example.gov.vn>`],
    ['characters outside base32', '<cv.abcdefghij234018@mau.example.gov.vn>'],
    ['the end of another word', `<abcv.${TOKEN}@mau.example.gov.vn>`],
    ['a longer local part', `<cv.${TOKEN}.x@mau.example.gov.vn>`],
  ])('is not seen in %s', (_, text) => {
    expect(findToken(text)).toBeNull();
  });
});
