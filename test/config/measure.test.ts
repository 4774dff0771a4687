import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../config/loopback.ts';
import { parseDuration, parseSize } from '../../config/measure.ts';

describe('durations and sizes', () => {
  it.each([
    ['250ms', 250],
    ['60s', 60_000],
    ['1.5h', 5_400_000],
    ['3 d', 259_200_000],
    ['60', null],
    ['5 min', null],
    ['-5s', null],
    ['', null],
  ])('duration %j is %j milliseconds', (text, value) => {
    expect(parseDuration(text)).toBe(value);
  });

  it.each([
    ['512KB', 524_288],
    ['100MB', 104_857_600],
    ['1GB', 1_073_741_824],
    ['10B', 10],
    ['100', null],
    ['100 mb', null],
  ])('size %j is %j bytes', (text, value) => {
    expect(parseSize(text)).toBe(value);
  });
});

describe('what never leaves the machine', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['[::1]', true],
    ['LOCALHOST', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['mail.example.gov.vn', false],
  ])('%s: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });
});
