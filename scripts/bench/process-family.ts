/** Memory and time on the cores of a process and of all that it started, from /proc (Linux only). */
import { readdirSync, readFileSync } from 'node:fs';

export interface MemoryWatch {
  /** MiB now: the sum of VmRSS of the process and its descendants (pages they share are counted for each). */
  now(): number;
  /** Highest sum seen since `fromHere`, MiB, with what each process had then. */
  peak(): { total: number; each: number[] };
  fromHere(): void;
  stop(): void;
}

export function watchMemory(pid: number, everyMs = 15): MemoryWatch {
  let peak = { total: 0, each: [0] };
  const look = () => {
    const each = familyOf(pid).map(residentOf);
    const total = each.reduce((sum, one) => sum + one, 0);
    if (total > peak.total) peak = { total, each };
    return total;
  };
  const timer = setInterval(look, everyMs);
  return {
    now: look,
    peak: () => peak,
    fromHere: () => {
      peak = { total: 0, each: [0] };
      look();
    },
    stop: () => clearInterval(timer),
  };
}

/** The process first, then its children, then theirs. */
function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return []; // it has just ended
  }
}

/** MiB. */
function residentOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Milliseconds on a core that a process and its descendants have used so far; says more than the clock on a busy machine. */
export function cpuOf(pid: number): number {
  return familyOf(pid)
    .map((one) => {
      try {
        // Fields 14 and 15 of stat(5), utime and stime in ticks of 10 ms; the name before them may hold blanks.
        const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]!.split(' ');
        return 10 * (Number(fields[11]) + Number(fields[12]));
      } catch {
        return 0;
      }
    })
    .reduce((sum, one) => sum + one, 0);
}
