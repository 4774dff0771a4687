/** The processes in which mail and documents are read: they see the kept bytes on disk, and may ask the resolver. */
import { fork } from 'node:child_process';
import { harmlessEnvironment, type Launched, openProcessPool, type PoolLimits } from '../process-pool.ts';
import type { ReaderResult, ReaderSetup, ReaderTask } from './task.ts';

export interface ReaderPool {
  /** Errors: those of `ProcessPool.run`. */
  run<T extends ReaderTask>(task: T): Promise<ReaderResult<T>>;
  /** Ends every process at once; what is being read is given up. */
  close(): Promise<void>;
}

export interface PoolOptions extends PoolLimits {
  /** Program of the reading process. */
  program?: URL;
}

export function openReaderPool(setup: ReaderSetup, options: PoolOptions): ReaderPool {
  const pool = openProcessPool<ReaderTask>(() => launch(setup, options), options);
  return {
    run: <T extends ReaderTask>(task: T) => pool.run(task) as Promise<ReaderResult<T>>,
    close: pool.close,
  };
}

function launch(setup: ReaderSetup, options: PoolOptions): Launched<ReaderTask> | null {
  try {
    const child = fork(options.program ?? new URL('./worker.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${options.heapMiB}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: harmlessEnvironment(),
    });
    const tell = (message: object): void => void child.send(message, () => undefined);
    return {
      child,
      send: async (task) => tell({ task }),
      listen: (hear) => {
        child.on('message', hear);
        tell({ setup });
      },
    };
  } catch {
    return null;
  }
}
