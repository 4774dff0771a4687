import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPath } from '../../signatures/certificates/path.ts';
import type { InitialPolicies } from '../../signatures/certificates/policies.ts';
import { trustOf } from '../../signatures/certificates/trust.ts';
import { type Certificate, readCertificate } from '../../signatures/certificates/x509.ts';
import { statusFromLists } from '../../signatures/revocation/crl.ts';

/** NIST's Public Key Interoperability Test Suite: 247 paths, with the reason that another validator gives for each refusal. */
const folder = join(import.meta.dirname, '../../../shared/pkits');

interface Row {
  id: string;
  name: string;
  cert: string;
  other_certs?: string[];
  crls?: string[];
  path_len: number;
  params?: {
    user_initial_policy_set?: string[];
    initial_explicit_policy?: boolean;
    initial_policy_mapping_inhibit?: boolean;
    initial_any_policy_inhibit?: boolean;
  };
  error?: { class: string; msg_regex: string };
}

/** The suite's certificates hold from 2010 to 2030. */
const AT = '2020-06-01T00:00:00.000Z';

/** The words of the other validator, and what we say: the code, and a word of our detail where the code is a wide one. */
const REASONS: [theirs: RegExp, code: string, detail?: RegExp][] = [
  [/signature of .* could not be verified/, 'NO_CERTIFICATE_CHAIN_FOUND'],
  [/issuer name could not be matched/, 'NO_CERTIFICATE_CHAIN_FOUND'],
  [/intermediate certificate 1 (is not valid until|expired)/, 'OUT_OF_BOUNDS_NO_POE'],
  [/end-entity certificate (is not valid until|expired)/, 'END_CERTIFICATE_DATES'],
  [/is not a CA/, 'CHAIN_CONSTRAINTS_FAILURE', /not a certificate authority/],
  [/not allowed to sign certificates/, 'CHAIN_CONSTRAINTS_FAILURE', /may not sign certificates/],
  [/exceeds the maximum path length/, 'CHAIN_CONSTRAINTS_FAILURE', /pathLen/],
  [/permitted namespace/, 'CHAIN_CONSTRAINTS_FAILURE', /outside the permitted names/],
  [/are excluded from the namespace/, 'CHAIN_CONSTRAINTS_FAILURE', /among the excluded names/],
  [/unsupported critical extension/, 'CHAIN_CONSTRAINTS_FAILURE', /critical extension .* not understood/],
  [/policy mapping for the "any policy"/, 'CHAIN_CONSTRAINTS_FAILURE', /mapping of anyPolicy/],
  [/no valid set of policies/, 'CHAIN_CONSTRAINTS_FAILURE', /no (valid|acceptable) policy/],
  [/CRL issuer (certificate path|that was identified)/, 'UNKNOWN', /no genuine list/],
  [/was revoked at .* compromised key$/, 'REVOKED', /^revoked 2010-0[16]-01.*keyCompromise/],
  [/was revoked at .* certificate hold$/, 'REVOKED', /^revoked 2010-01-01.*certificateHold/],
  [/was revoked at .* affiliation change$/, 'REVOKED', /^revoked 2010-01-01.*affiliationChanged/],
  [/no revocation information could be found/, 'UNKNOWN'],
  [/unrecognized critical extensions/, 'UNKNOWN', /critical extension .* not understood/],
  [/not recent enough/, 'UNKNOWN', /stale|no genuine list/],
  [/do not cover all revocation reasons/, 'UNKNOWN', /only some reasons/],
  [/CRL only contains/, 'UNKNOWN', /no genuine list/],
  [/CRL signature could not be verified/, 'UNKNOWN', /no genuine list/],
];

interface Finding {
  code: string;
  detail: string;
}

const file = (kind: 'certs' | 'crls', name: string) => readFileSync(join(folder, kind, name));

function readFixtures() {
  const rows = JSON.parse(readFileSync(join(folder, 'pkits.json'), 'utf8')) as Row[];
  const notices = JSON.parse(readFileSync(join(folder, 'pkits-user-notice.json'), 'utf8')) as Row[];
  const root = file('certs', 'TrustAnchorRootCertificate.crt');
  const trust = trustOf({ anchors: [{ der: root, group: 'NIST' }], intermediates: [] });
  return { rows, notices, trust, rootList: file('crls', 'TrustAnchorRootCRL.crl') };
}

function policiesOf(params: Row['params']): InitialPolicies {
  return {
    ...(params?.user_initial_policy_set === undefined ? {} : { acceptable: params.user_initial_policy_set }),
    requireExplicit: params?.initial_explicit_policy ?? false,
    inhibitMapping: params?.initial_policy_mapping_inhibit ?? false,
    inhibitAny: params?.initial_any_policy_inhibit ?? false,
  };
}

/** Path, dates of the end certificate, and the status of every certificate of the path: nothing is tolerated. */
function judge(row: Row, { trust, rootList }: ReturnType<typeof readFixtures>) {
  const leaf = readCertificate(file('certs', row.cert));
  const pool = (row.other_certs ?? []).map((name) => readCertificate(file('certs', name)));
  const found = findPath(leaf, pool, trust, AT, { policies: policiesOf(row.params) });
  const findings: Finding[] = [...found.reasons];
  if (AT < leaf.notBefore || AT > leaf.notAfter) findings.push({ code: 'END_CERTIFICATE_DATES', detail: '' });
  const evidence = [rootList, ...(row.crls ?? []).map((name) => file('crls', name))].map((der) => ({
    kind: 'crl' as const,
    der,
    provenAt: AT,
  }));
  const status = (certificate: Certificate, issuer: Certificate) =>
    statusFromLists({ certificate, issuer, at: AT, pool, trust }, evidence);
  const statuses = found.path.slice(0, -1).map((certificate, i) => status(certificate, found.path[i + 1]!));
  for (const { status: answer, detail } of statuses) {
    if (answer !== 'good') findings.push({ code: answer.toUpperCase(), detail });
  }
  return { path: found.path, findings };
}

describe.skipIf(!existsSync(folder))('NIST PKITS (skipped without the shared fixtures)', () => {
  const fixtures = existsSync(folder) ? readFixtures() : null;
  it.each(fixtures?.rows.map((row) => [`${row.id} ${row.name}`, row] as const) ?? [])('%s', (_name, row) => {
    const { path, findings } = judge(row, fixtures!);
    if (row.error === undefined) {
      expect(findings).toEqual([]);
      expect(path).toHaveLength(row.path_len);
      return;
    }
    const reason = REASONS.find(([theirs]) => theirs.test(row.error!.msg_regex));
    expect(reason, row.error.msg_regex).toBeDefined();
    const [, code, detail] = reason!;
    const same = findings.filter(
      (finding) => finding.code === code && (detail === undefined || detail.test(finding.detail)),
    );
    expect(same, JSON.stringify(findings)).not.toEqual([]);
  });

  it.each(fixtures?.notices.map((row) => [`${row.id} ${row.name}`, row] as const) ?? [])(
    'user notices are no reason against a path: %s',
    (_name, row) => {
      expect(judge(row, fixtures!).findings).toEqual([]);
    },
  );

  it('has all 247 paths', () => {
    expect(fixtures?.rows).toHaveLength(247);
  });
});
