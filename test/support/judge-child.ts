/** A service with one sandbox, to be killed: prints the sandbox's process number, then lets it do what the argument says. */
import { openJudge } from '../../gateway/judging/judge.ts';
import { PROGRAM } from '../../gateway/judging/sandbox.ts';

const judge = openJudge({
  trust: () => ({ anchors: [], intermediates: [] }),
  program: new URL('./scripted-judge.ts', import.meta.url),
  readable: [...PROGRAM.readable, new URL('../../gateway/judging/*', import.meta.url).pathname],
  processes: 1,
});
const told = async (words: string) =>
  (await judge.judge({ bytes: Buffer.from(words) }, { at: '2026-11-20T02:00:00Z' })).defects[0]!.detail;

console.log(await told('pid'));
if (process.argv[2] === 'spin') await told('spin');
else setInterval(() => undefined, 60_000);
