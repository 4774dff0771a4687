/**
 * The process that a hostile file may break into, and what it then finds: no right to write, to start anything, or to read
 * more than our code (Node's permission model); no network (a namespace of its own, because the permission model of Node 24
 * does not stop sockets); no more memory than it was given; and no life beyond the service's.
 *
 * What it does not close: sockets that are files (AF_UNIX) belong to no network namespace, and `process.kill` is nobody's
 * permission. Who gets so far as to run code here could knock there.
 */
import { execFile, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { harmlessEnvironment, type Launched } from '../process-pool.ts';
import type { ProcessWord } from '../process-word.ts';
import { checkedWord } from './answer.ts';
import { type FileBody, feed } from './file-body.ts';
import { frameHead, hearAnswers } from './frames.ts';
import { ANSWERS } from './serve.ts';
import type { JudgeSetup, ReadyWord, SandboxMessage } from './task.ts';

/** Which protections are in force, as found on a process that runs, not as asked for. */
export interface Protections {
  permissionModel: boolean;
  networkNamespace: boolean;
  /** The kernel bounds all memory of the process at `memoryMiB`; otherwise V8 its heap only. */
  memoryLimit: boolean;
  memoryMiB: number;
  /** The kernel ends the process together with the service, also where a file holds it in a loop. */
  endsWithService: boolean;
  /** Milliseconds for one file. */
  deadlineMs: number;
}

export interface SandboxLimits {
  /** MiB of JavaScript heap. */
  heapMiB: number;
  deadlineMs: number;
}

export interface SandboxProgram {
  program: URL;
  /** Folders and files that it may read, beside the folder that it stands in. */
  readable: string[];
}

export type SandboxTask = { message: SandboxMessage; body: FileBody };

/** Commands put before Node; each becomes the next, so that the process keeps its number. */
export interface Cage {
  command: string[];
  networkNamespace: boolean;
  memoryLimit: boolean;
  endsWithService: boolean;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What runs in earnest may read this and nothing else. */
export const PROGRAM: SandboxProgram = {
  program: new URL('./program.ts', import.meta.url),
  readable: [
    join(ROOT, 'package.json'),
    join(ROOT, 'config', 'error.ts'),
    join(ROOT, 'gateway', 'process-word.ts'),
    join(ROOT, 'signatures', '*'),
    join(ROOT, 'documents', '*'),
    join(ROOT, 'node_modules', 'libxml2-wasm', '*'),
    join(ROOT, 'node_modules', '@hyzyla', 'pdfium', '*'),
  ],
};

const MIB = 1024 * 1024;
/** Data of Node itself that the kernel counts, most of it never touched: 512 MiB set aside for code, stacks, WebAssembly. */
const RUNTIME_MIB = 768;
/** Room for the file (100 MiB at most), what is unpacked of it, and copies on the way. */
const FILES_MIB = 768;
/** Bytes of one answer: a report of thousands of signatures is far smaller. */
const MAX_ANSWER_BYTES = 16 * MIB;
/** Milliseconds for trying whether a command works here. */
const PROBE_MS = 5_000;

const memoryOf = (limits: SandboxLimits): number => RUNTIME_MIB + FILES_MIB + limits.heapMiB;

/** Tries once what this machine allows; commands that are missing or refused are left out. */
export async function buildCage(limits: SandboxLimits): Promise<Cage> {
  const cage: Cage = { command: [], networkNamespace: false, memoryLimit: false, endsWithService: false };
  const add = async (...command: string[]): Promise<boolean> => {
    const longer = [...cage.command, ...command, '--'];
    if (!(await works([...longer, 'true']))) return false;
    cage.command = longer;
    return true;
  };
  // An ordinary user becomes root of a user namespace of its own for it; root may do without where those are forbidden.
  cage.networkNamespace = (await add('unshare', '-rn')) || (await add('unshare', '-n'));
  cage.memoryLimit = await add('prlimit', '--core=0', `--data=${memoryOf(limits) * MIB}`);
  cage.endsWithService = await add('setpriv', '--pdeathsig', 'KILL');
  return cage;
}

async function works([command, ...args]: string[]): Promise<boolean> {
  const options = { env: harmlessEnvironment(), timeout: PROBE_MS };
  return promisify(execFile)(command!, args, options).then(
    () => true,
    () => false,
  );
}

/** Starts one process; `found` is told what protects it as soon as it says that it is ready. */
export function launchSandbox(
  setup: JudgeSetup,
  { program, readable }: SandboxProgram,
  { cage, limits }: { cage: Cage; limits: SandboxLimits },
  found: (protections: Protections) => void,
): Launched<SandboxTask> | null {
  const path = fileURLToPath(program);
  const node = [
    process.execPath,
    '--permission',
    ...[join(dirname(path), '*'), ...readable].map((place) => `--allow-fs-read=${place}`),
    `--max-old-space-size=${limits.heapMiB}`,
    '--disable-warning=SecurityWarning',
    path,
  ];
  const [command, ...args] = [...cage.command, ...node];
  try {
    const child = spawn(command!, args, {
      cwd: dirname(path),
      env: harmlessEnvironment(),
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    });
    const input = child.stdio[0] as Writable;
    input.on('error', () => undefined); // told by the exit of the process
    const onAnswer = (value: unknown, hear: (word: ProcessWord) => void): void => {
      const word = checkedWord(value);
      if (word === null) return void child.kill('SIGKILL');
      if ('ready' in word) found(protectionsOf(value as ReadyWord, child.pid!, cage, limits));
      hear(word);
    };
    return {
      child,
      send: async ({ message, body }) => {
        input.write(frameHead(message, body.size));
        await feed(input, body);
      },
      listen: (hear) => {
        hearAnswers(child.stdio[ANSWERS] as Readable, MAX_ANSWER_BYTES, {
          answer: (value) => onAnswer(value, hear),
          broken: () => child.kill('SIGKILL'),
        });
        input.write(frameHead({ type: 'setup', setup } satisfies SandboxMessage, 0));
      },
    };
  } catch {
    return null;
  }
}

function protectionsOf(word: ReadyWord, pid: number, cage: Cage, limits: SandboxLimits): Protections {
  return {
    permissionModel: word.confined === true,
    networkNamespace: cage.networkNamespace && isInOtherNetwork(pid),
    memoryLimit: cage.memoryLimit,
    memoryMiB: cage.memoryLimit ? memoryOf(limits) : limits.heapMiB,
    endsWithService: cage.endsWithService,
    deadlineMs: limits.deadlineMs,
  };
}

/** The kernel's own word, from /proc: no command that came before it is trusted to have worked. */
function isInOtherNetwork(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}
