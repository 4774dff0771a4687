/** Programs of the machine that tests compare us with. */
import { execFileSync, spawnSync } from 'node:child_process';

/** Whether a program is installed. */
export function hasCommand(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/** Runs to the end; standard output and standard error as one text, whatever the exit code. */
export function wordsOfCommand(file: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 60_000 });
  return `${stdout}${stderr}`;
}

/** Runs to the end; throws with the program's words when it fails. */
export function runCommand(file: string, args: string[], env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(file, args, {
    encoding: 'utf8',
    timeout: 60_000,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
