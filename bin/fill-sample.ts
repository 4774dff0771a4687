/** `congvan init` writes the commented sample with the answers in place of its made-up values. */
import { CongvanError } from '../config/error.ts';

export type ServerTls = 'implicit' | 'starttls' | 'none';

/** What init asks for. */
export interface InitAnswers {
  agencyCode: string;
  agencyName: string;
  address: string;
  clerkUnit: string;
  phone: string;
  place: string;
  org: string;
  regulation: string;
  dataDir: string;
  imapHost: string;
  imapPort: number | null;
  imapTls: ServerTls;
  imapUser: string;
  smtpHost: string;
  smtpPort: number | null;
  smtpTls: ServerTls;
  smtpUser: string;
  clerkId: string;
  clerkName: string;
  leaderId: string;
  leaderName: string;
  leaderTitle: string;
  cutover: string | null;
}

/** YAML takes JSON's quoted strings as they are. */
const quoted = (value: string): string => JSON.stringify(value.normalize('NFC'));

/** The sample with each value replaced; its comments stay. Throws `SAMPLE_CHANGED` when a place is not there once. */
export function fillSample(sample: string, answers: InitAnswers): string {
  const replacements: [RegExp, string][] = [
    [/^ {2}code: .*$/m, `  code: ${quoted(answers.agencyCode)}`],
    [/^ {2}name: .*$/m, `  name: ${quoted(answers.agencyName)}`],
    [/^ {2}shortNames: .*$/m, `  shortNames: [${quoted(answers.agencyName)}]`],
    [/^ {2}address: .*$/m, `  address: ${quoted(answers.address)}`],
    [/^ {2}clerkUnit: .*$/m, `  clerkUnit: ${quoted(answers.clerkUnit)}`],
    [/^ {2}phone: .*$/m, `  phone: ${quoted(answers.phone)}`],
    [/^ {2}place: .*$/m, `  place: ${quoted(answers.place)}`],
    [/^regulation: .*$/m, `regulation: ${quoted(answers.regulation)}`],
    [/^dataDir: .*$/m, `dataDir: ${quoted(answers.dataDir)}`],
    [/^ {6}host: .*$/m, `      host: ${quoted(answers.imapHost)}`],
    [
      /^ {6}# port: 993$/m,
      answers.imapPort === null ? '      # port: 993' : `      port: ${answers.imapPort}`,
    ],
    [/(?<=^ {6}tls: \{ mode: )implicit/m, answers.imapTls],
    [/^ {8}user: .*$/m, `        user: ${quoted(answers.imapUser)}`],
    [/^ {2}host: .*$/m, `  host: ${quoted(answers.smtpHost)}`],
    [/^ {2}# port: 587$/m, answers.smtpPort === null ? '  # port: 587' : `  port: ${answers.smtpPort}`],
    [/(?<=^ {2}tls: \{ mode: )starttls/m, answers.smtpTls],
    [/^ {4}user: .*$/m, `    user: ${quoted(answers.smtpUser)}`],
    [/^ {2}org: .*$/m, `  org: ${quoted(answers.org)}`],
    [/(?<=^ {2}cutover: )null/m, answers.cutover === null ? 'null' : quoted(answers.cutover)],
    [/(?<=^ {2}- id: )"vanthu"/m, quoted(answers.clerkId)],
    [/(?<=^ {4}name: )"Nguyễn Thị Mẫu"/m, quoted(answers.clerkName)],
    [/(?<=^ {2}- id: )"lanhdao"/m, quoted(answers.leaderId)],
    [/(?<=^ {4}name: )"Trần Văn Mẫu"/m, quoted(answers.leaderName)],
    [/(?<=^ {4}title: )"Chánh Văn phòng"/m, quoted(answers.leaderTitle)],
  ];
  return replacements.reduce((text, [place, value]) => replaceOnce(text, place, value), sample);
}

function replaceOnce(text: string, place: RegExp, value: string): string {
  const found = text.match(new RegExp(place.source, 'gm'))?.length ?? 0;
  if (found === 1) return text.replace(place, () => value);
  throw new CongvanError(
    'SAMPLE_CHANGED',
    `The sample configuration has ${found} places for ${place.source}.`,
    {
      temporary: false,
    },
  );
}
