/** What a reader of a format found, in the words that tests compare. */
import type { FileFacts } from '../../signatures/facts.ts';

/** Everything that keeps the verdict from being good: reason codes and the kinds of changes that are not allowed. */
export function findings(facts: FileFacts): string[] {
  const all = facts.signatures.flatMap(({ reasons, changes }) => [
    ...reasons.map(({ code }) => code),
    ...changes.filter(({ allowed }) => !allowed).map(({ kind }) => kind),
  ]);
  return [...new Set(all)];
}
