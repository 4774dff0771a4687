/**
 * A program for the sandbox that does what the file's first words say: it tries what a file that took the sandbox over would
 * try, and answers with what came of it, as the reason of the report. It speaks as gateway/judging/program.ts does.
 */
import { execFileSync, fork } from 'node:child_process';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ANSWERS, serve } from '../../gateway/judging/serve.ts';
import type { SignatureReport } from '../../signatures/types.ts';

const TRIES: Record<string, (argument: string) => unknown> = {
  write: (path) => writeFileSync(path, 'x'),
  read: (path) => readFileSync(path, 'utf8'),
  spawn: () => execFileSync('/bin/true'),
  fork: () => fork(import.meta.filename),
  thread: () => new Worker('0', { eval: true }),
  'add-on': (path) => process.dlopen({ exports: {} }, path),
  connect: (port) =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => resolve(socket.destroy()));
      socket.on('error', reject);
    }),
};

const ACTS: Record<string, (argument: string) => unknown> = {
  pid: () => process.pid,
  env: () => JSON.stringify(process.env),
  say: (words) => words,
  crash: () => process.exit(9),
  hang: () => sleep(60_000),
  spin: () => {
    for (;;);
  },
  heap: () => {
    const held: number[][] = [];
    for (;;) held.push(new Array(100_000).fill(held.length));
  },
  buffers: () => {
    const held: Buffer[] = [];
    for (;;) held.push(Buffer.alloc(16 * 1024 * 1024, 1));
  },
  noise: () => {
    console.log('\u0000\u0000\u0000\u0004noise on standard output');
    return 'heard';
  },
  fail: () => {
    throw new TypeError('words of the letter');
  },
  // An answer of its own making: a length that is never kept, and words that are no JSON.
  boast: () => writeSync(ANSWERS, Buffer.of(0xff, 0xff, 0xff, 0x7f, 1, 2, 3)),
  babble: () => writeSync(ANSWERS, Buffer.from([4, 0, 0, 0, ...Buffer.from('{{{{')])),
  blame: () => writeSync(ANSWERS, framed({ ok: false, code: 'SCANNER_UNREACHABLE', message: '', rss: 1 })),
  claim: () => writeSync(ANSWERS, framed({ ok: true, rss: 1, value: { conclusion: 'valid' } })),
};

function framed(word: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(word));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}

await serve(async (bytes, { sha256 = '' }, { trust }) => {
  const [what = '', ...rest] = Buffer.from(bytes.subarray(0, 4096)).toString('utf8').split(' ');
  const argument = rest.join(' ');
  const attempt = TRIES[what];
  const came =
    attempt === undefined
      ? await (ACTS[what] ?? (() => `${bytes.length} bytes, ${trust.anchors.length} anchors`))(argument)
      : await Promise.resolve()
          .then(() => attempt(argument))
          .then(
            () => 'DONE',
            (error: { code?: string }) => error.code ?? String(error),
          );
  return report(sha256, String(came));
});

function report(file: string, detail: string): SignatureReport {
  return {
    file,
    format: 'none',
    conclusion: 'none',
    signatures: [],
    senderMatches: null,
    sentence: '',
    defects: [{ code: 'CAME', detail }],
    wanted: [{ kind: 'ocsp', url: 'http://127.0.0.1/', body: Buffer.from([1, 2, 255]) }],
    proofs: [],
    elapsedMs: 0,
  };
}
