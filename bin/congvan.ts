/** The command line: finds the command, and turns what went wrong into a sentence and an exit code. */
import { CongvanError } from '../config/error.ts';
import type { Lang } from '../config/problems.ts';
import { COMMANDS, findCommand, overview } from './catalogue.ts';
import { chooseLang, takeLang, usage } from './command.ts';
import { openOutput } from './output.ts';

/** 0 = all inputs processed whatever the verdict, 1 = one ended in an error, 2 = wrong usage. */
async function main(argv: string[]): Promise<number> {
  const taken = takeLang(argv);
  const lang = chooseLang(taken.lang, process.env);
  const out = openOutput({ json: taken.rest.includes('--json') });
  try {
    if (taken.lang !== null && taken.lang !== 'vi' && taken.lang !== 'en')
      throw usage(lang, '--lang: vi | en', '--lang: vi | en');
    return await dispatch(taken.rest, lang, out);
  } catch (error) {
    return report(error, lang, out);
  }
}

async function dispatch(argv: string[], lang: Lang, out: ReturnType<typeof openOutput>): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = name === 'help' ? args[0] : undefined;
    if (topic === undefined || findCommand(topic) === null) out.line(overview(lang));
    else out.line((await findCommand(topic)!.load()).help[lang].trim());
    return name === undefined ? 2 : 0;
  }
  const entry = findCommand(name);
  if (entry === null) {
    const known = Object.keys(COMMANDS).join(', ');
    throw usage(
      lang,
      `Không có lệnh «${name}». Các lệnh: ${known}`,
      `There is no command "${name}". Commands: ${known}`,
    );
  }
  const command = await entry.load();
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  if (options.includes('--help') || options.includes('-h')) {
    out.line(command.help[lang].trim());
    return 0;
  }
  return command.run({ args, lang, out });
}

/** Errors of ours are a sentence; anything else is a fault of the software and shows where it happened. */
function report(error: unknown, lang: Lang, out: ReturnType<typeof openOutput>): number {
  if (!(error instanceof CongvanError)) {
    out.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
  out.note(`congvan: ${error.message}`);
  if (error.code === 'USAGE') return 2;
  out.note(
    lang === 'vi'
      ? `Mã lỗi ${error.code}; cách xử lý xem docs/operations.md`
      : `Error code ${error.code}; what to do: docs/operations.md`,
  );
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
