/** Which agency of the directory a document's header means: "SỞ NỘI VỤ" is one of many, the directory says which (VAL-01). */
import { sameAgency } from '../documents/agency-name.ts';
import { agencyOf, type Rules } from './rules.ts';

/** The directory's full name where the printed one fits one agency, or the sender among several; else as printed. */
export function issuerName(
  printed: string | null,
  senderAddress: string | null,
  rules: Rules,
): string | null {
  if (printed === null) return null;
  const fitting = rules.directory.agencies.filter((a) =>
    [a.name, ...a.shortNames].some((name) => sameAgency(name, printed)),
  );
  if (fitting.length === 1) return fitting[0]!.name;
  const sender = agencyOf(rules, senderAddress);
  return fitting.find((a) => a.code === sender?.code)?.name ?? printed;
}
