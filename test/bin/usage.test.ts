import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../bin/catalogue.ts';
import { congvan } from '../support/congvan-cli.ts';

const names = Object.keys(COMMANDS);

describe('the command line', () => {
  it('helps in both languages, and with every command', async () => {
    for (const [lang, words] of [
      ['vi', 'Cách dùng'],
      ['en', 'Usage'],
    ] as const) {
      const { stdout, code } = await congvan(['--lang', lang, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(words);
      for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, 'Usage'],
    [{ LANG: 'vi_VN.UTF-8' }, 'Cách dùng'],
    [{ LANG: 'C' }, 'Cách dùng'],
    [{ LANG: 'vi_VN.UTF-8', LC_ALL: 'en_US.UTF-8' }, 'Usage'],
  ])('speaks the language of %j', async (env, words) => {
    expect((await congvan(['help'], { env })).stdout).toContain(words);
  });

  it('has help for each command that names it, in both languages', async () => {
    for (const name of names) {
      const command = await COMMANDS[name]!.load();
      expect(command.help.vi, name).toContain(`congvan ${name}`);
      expect(command.help.en, name).toContain(`congvan ${name}`);
    }
  });

  it.each([
    ['nothing at all', []],
    ['an unknown command', ['bogus']],
    ['a word that objects know', ['constructor']],
    ['an unknown option', ['status', '--bogus']],
    ['an option without its value', ['register', '--year']],
    ['a number that is none', ['register', '--year', 'nay']],
    ['a book that is none', ['register', '--book', 'khac']],
    ['an unknown language', ['status', '--lang', 'fr']],
    ['too many arguments', ['status', 'a']],
    ['an unknown subcommand', ['hold', 'eat', 'h-1']],
    ['a return without a reason', ['hold', 'return', 'h-1', '--by', 'vanthu']],
    ['a reason that is none', ['hold', 'return', 'h-1', '--by', 'vanthu', '--reason', 'TC77']],
    ['TC99 without words', ['hold', 'return', 'h-1', '--by', 'vanthu', '--reason', 'TC99']],
    ['a change without a value', ['hold', 'accept', 'h-1', '--by', 'vanthu', '--set', 'trichYeu']],
    ['settling without saying how', ['outbox', 'settle', 't-1', '--by', 'vanthu']],
    ['settling both ways', ['outbox', 'settle', 't-1', '--by', 'vanthu', '--sent', '--not-sent']],
    ['an issue without a scan', ['issue', '--date', '2026-11-20']],
    [
      'an issue with a scan that is not there',
      ['issue', '--scan', '/nowhere.pdf', '--to', 'SNV', '--date', '2026-11-20'],
    ],
    ['an issue on a day that does not exist', ['issue', '--scan', '/nowhere.pdf', '--date', '2026-02-30']],
    ['no file to verify', ['verify']],
    ['a demo under a regulation that is none', ['demo', '--once', '--regulation', 'XX-1']],
    ['no configuration anywhere', ['status']],
    ['a cancellation without a reason', ['register', 'cancel', 'e-1', '--by', 'vanthu']],
  ])('exit code 2 and a sentence for %s', async (_name, args) => {
    const result = await congvan(args, { cwd: '/' });
    expect(result.code).toBe(2);
    expect(result.stderr + result.stdout).not.toMatch(/\bat .*\.ts:\d+/);
    expect(result.stderr + result.stdout).not.toBe('');
  });

  it('exit code 1 for a configuration that is refused, named with file and code', async () => {
    const result = await congvan(['status', '--config', '/nowhere/congvan.yaml', '--lang', 'en']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('/nowhere/congvan.yaml');
    expect(result.stderr).toContain('CONFIG_UNREADABLE');
  });
});
