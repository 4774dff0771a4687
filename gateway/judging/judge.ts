/** The one door to the judgement on signatures: bytes go into a sandbox, a report comes out. */
import { CongvanError } from '../../config/error.ts';
import type { SignatureReport, TrustMaterial } from '../../signatures/types.ts';
import { openProcessPool, type ProcessPool } from '../process-pool.ts';
import { bodyOf, type FileBody, NO_BODY, openBody } from './file-body.ts';
import { isReport } from './report-shape.ts';
import {
  buildCage,
  launchSandbox,
  PROGRAM,
  type Protections,
  type SandboxLimits,
  type SandboxProgram,
  type SandboxTask,
} from './sandbox.ts';
import type { HouseRules, Judged, JudgeOptions } from './task.ts';

type JudgeInput = { bytes: Uint8Array } | { path: string };

export interface Judge {
  /**
   * Never throws for what a file contains, unless it breaks its sandbox: then those of `ProcessPool.run`. Throws what the
   * disk says when the file cannot be opened. A file beyond the limit gives a report with conclusion `error`, reason LIMIT.
   */
  judge(input: JudgeInput, options: JudgeOptions): Promise<Judged>;
  /** Starts a sandbox if none runs yet, and says what protects it. Throws those of `ProcessPool.run`. */
  protections(): Promise<Protections>;
  close(): Promise<void>;
}

export interface JudgePlan extends Partial<SandboxLimits>, Partial<SandboxProgram> {
  /** Read when the first file comes; what it throws, `judge` and `protections` throw. */
  trust: () => TrustMaterial;
  rules?: HouseRules;
  processes?: number;
  /** Bytes of the largest file that is judged. */
  maxBytes?: number;
}

const PROCESSES = 2;
/** Milliseconds for one file; the slowest known takes less than 5 s. */
const DEADLINE_MS = 30_000;
const HEAP_MIB = 384;
/** The largest part that reading keeps (mail/limits.ts). */
const MAX_BYTES = 100 * 1024 * 1024;

/** No process is started before the first file comes. */
export function openJudge(plan: JudgePlan): Judge {
  const { maxBytes = MAX_BYTES } = plan;
  let sandboxes: Promise<Sandboxes> | null = null;
  let closed = false;
  const opened = (): Promise<Sandboxes> => {
    if (closed) return Promise.reject(new CongvanError('SERVICE_STOPPING', 'the service is stopping'));
    sandboxes ??= openSandboxes(plan).catch((error: unknown) => {
      sandboxes = null; // a trust file may be mended meanwhile
      throw error;
    });
    return sandboxes;
  };
  return {
    judge: async (input, options) => {
      const body = 'bytes' in input ? bodyOf(input.bytes) : await openBody(input.path);
      try {
        if (body.size > maxBytes) return tooLarge(options.sha256 ?? '', body.size, maxBytes);
        return await judgeBody(await opened(), body, options);
      } finally {
        await body.close();
      }
    },
    protections: async () => {
      const { pool, protections } = await opened();
      await pool.run({ message: { type: 'ping' }, body: NO_BODY });
      return protections()!;
    },
    close: async () => {
      closed = true;
      await (await sandboxes?.catch(() => null))?.pool.close();
    },
  };
}

interface Sandboxes {
  pool: ProcessPool<SandboxTask>;
  /** Those of the process that was ready last; null before the first. */
  protections(): Protections | null;
}

async function openSandboxes(plan: JudgePlan): Promise<Sandboxes> {
  const { processes = PROCESSES, deadlineMs = DEADLINE_MS, heapMiB = HEAP_MIB } = plan;
  const { program = PROGRAM.program, readable = PROGRAM.readable } = plan;
  const limits = { deadlineMs, heapMiB };
  const setup = { trust: plan.trust(), rules: plan.rules ?? {} };
  const cage = await buildCage(limits);
  let found: Protections | null = null;
  const note = (protections: Protections): void => {
    found = protections;
  };
  const launch = () => launchSandbox(setup, { program, readable }, { cage, limits }, note);
  return { pool: openProcessPool(launch, { processes, ...limits }), protections: () => found };
}

async function judgeBody({ pool }: Sandboxes, body: FileBody, options: JudgeOptions): Promise<Judged> {
  const answer = await pool.run({ message: { type: 'judge', options }, body });
  if (!isReport(answer))
    throw new CongvanError('READING_FAILED', 'the sandbox gave something that is no report', {
      temporary: true,
    });
  // Which file it was is ours to say.
  return options.sha256 === undefined ? answer : { ...answer, file: options.sha256 };
}

function tooLarge(sha256: string, size: number, limit: number): SignatureReport {
  return {
    file: sha256,
    format: 'none',
    conclusion: 'error',
    signatures: [],
    senderMatches: null,
    sentence: `Tệp quá lớn (${inMiB(size)} MB, tối đa ${inMiB(limit)} MB) nên chữ ký số chưa được kiểm tra.`,
    defects: [{ code: 'LIMIT', detail: `${size} bytes, more than ${limit}` }],
    wanted: [],
    proofs: [],
    elapsedMs: 0,
  };
}

const inMiB = (bytes: number): number => Math.ceil(bytes / (1024 * 1024));
