import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { findPath } from '../../../signatures/certificates/path.ts';
import type { InitialPolicies } from '../../../signatures/certificates/policies.ts';
import {
  AT,
  authority,
  certify,
  inhibitAnyPolicy,
  type Made,
  mappings,
  policies,
  policyConstraints,
  policyOid,
  trusting,
} from '../../support/certification-path.ts';

const root = authority('Gốc');
const trust = trusting(root);

/** A path with the extensions of each authority, from the anchor down, the end certificate's last. */
function path(...extensions: Buffer[][]): Made[] {
  const made: Made[] = [];
  for (const [index, own] of extensions.entries()) {
    const options = { by: made.at(-1) ?? root, key: 1 + (index % 2), extensions: own };
    const isLast = index === extensions.length - 1;
    made.push(isLast ? certify('Người ký', options) : authority(`CA ${index}`, options));
  }
  return made;
}

function judge(made: Made[], initial: InitialPolicies): string[] {
  const certificates = made.map(({ certificate }) => certificate);
  const { group, reasons } = findPath(certificates.at(-1)!, certificates, trust, AT, { policies: initial });
  expect(group).toBe('TEST');
  for (const { code } of reasons) expect(code).toBe('CHAIN_CONSTRAINTS_FAILURE');
  return reasons.map(({ detail }) => detail);
}

const EXPLICIT = { requireExplicit: true };
const only = (...ids: number[]): InitialPolicies => ({
  requireExplicit: true,
  acceptable: ids.map(policyOid),
});

describe('policies along a path (RFC 5280 6.1, RFC 9618)', () => {
  const one = [policies(1)];
  const cases: [what: string, extensions: Buffer[][], initial: InitialPolicies, holds: boolean][] = [
    ['none anywhere, none required', [[], []], {}, true],
    ['none anywhere, one required', [[], []], EXPLICIT, false],
    ['the same everywhere', [one, one], EXPLICIT, true],
    ['the same everywhere, another acceptable', [one, one], only(2), false],
    [
      'the same everywhere, another acceptable but none required',
      [one, one],
      { acceptable: [policyOid(2)] },
      true,
    ],
    ['different ones', [one, [policies(2)]], EXPLICIT, false],
    ['different ones, none required', [one, [policies(2)]], {}, true],
    ['lost on the way and found again', [one, [], one], EXPLICIT, false],
    ['anyPolicy above a named one', [[policies('any')], one], only(1), true],
    ['anyPolicy below a named one', [one, [policies('any')]], only(1), true],
    ['anyPolicy everywhere, any name acceptable', [[policies('any')], [policies('any')]], only(7), true],
    ['anyPolicy inhibited at the start', [[policies('any')], one], { ...EXPLICIT, inhibitAny: true }, false],
    [
      'anyPolicy inhibited by an authority',
      [[policies(1), inhibitAnyPolicy(0)], [policies('any')]],
      EXPLICIT,
      false,
    ],
    [
      'anyPolicy inhibited only further down',
      [[policies(1), inhibitAnyPolicy(1)], [policies('any')], one],
      EXPLICIT,
      true,
    ],
    ['required by an authority, missing', [[policyConstraints(0)], []], {}, false],
    ['required by an authority, there', [[policies(1), policyConstraints(0)], one], {}, true],
    ['required only further down than the path goes', [[policyConstraints(3)], [], []], {}, true],
    ['required two certificates down', [[policyConstraints(2)], [], [], []], {}, false],
    ['required by the end certificate itself', [[], [policyConstraints(0)]], {}, false],
    ['mapped', [[policies(1), mappings([1, 2])], [policies(2)]], only(1), true],
    [
      'mapped: the name below is not one of the domain above',
      [[policies(1), mappings([1, 2])], [policies(2)]],
      only(2),
      false,
    ],
    ['mapped: the old name below holds no more', [[policies(1), mappings([1, 2])], one], EXPLICIT, false],
    ['mapped to several', [[policies(1), mappings([1, 2], [1, 3])], [policies(3)]], only(1), true],
    [
      'mapped from anyPolicy of the authority',
      [[policies('any'), mappings([1, 2])], [policies(2)]],
      only(1),
      true,
    ],
    [
      'mapped though mapping is inhibited at the start',
      [[policies(1), mappings([1, 2])], [policies(2)]],
      { ...EXPLICIT, inhibitMapping: true },
      false,
    ],
    [
      'mapped though an authority above inhibits it',
      [[policies(1), policyConstraints(null, 0)], [policies(1), mappings([1, 2])], [policies(2)]],
      EXPLICIT,
      false,
    ],
    ['mapping anyPolicy', [[policies(1), mappings(['any', 1])], one], {}, false],
    ['mapping to anyPolicy', [[policies(1), mappings([1, 'any'])], one], {}, false],
  ];
  it.each(cases)('%s', (_what, extensions, initial, holds) => {
    const found = judge(path(...extensions), initial);
    expect(found.length === 0, found.join('; ')).toBe(holds);
    for (const detail of found) expect(detail).toMatch(/polic/i);
  });

  it('a self-issued certificate may say anyPolicy though it is inhibited (6.1.3 (d)(2))', () => {
    const first = authority('CA', { by: root, extensions: [policies(1), inhibitAnyPolicy(0)] });
    const rollover = authority('CA', { by: first, key: 2, extensions: [policies('any')] });
    const leaf = certify('Người ký', { by: rollover, key: 0, extensions: [policies(1)] });
    expect(judge([first, rollover, leaf], EXPLICIT)).toEqual([]);
  });

  it('does not grow without bounds when every authority maps every policy to every other (CVE-2023-0464)', () => {
    const all = Array.from({ length: 25 }, (_, i) => i + 1);
    const every = mappings(...all.flatMap((from) => all.map((to): [number, number] => [from, to])));
    const levels = Array.from({ length: 9 }, () => [policies(...all), every]);
    const made = path(...levels, [policies(...all)]);
    const began = performance.now();
    expect(judge(made, EXPLICIT)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
