/** What a decision may know besides facts and snapshot: the agency, its regulation, its directory. Frozen, from the configuration. */
import type { CongvanConfig, DirectoryAgency } from '../config/types.ts';
import type { Decision } from './types.ts';

export type Rules = Pick<CongvanConfig, 'agency' | 'regulation' | 'directory' | 'register' | 'issuing'> & {
  /** Before this instant nothing is answered and nothing registers by itself; null = no cut-over. */
  cutover: string | null;
};

/** Takes from the configuration what decisions may see. */
export function rulesOf(config: CongvanConfig): Rules {
  const { agency, regulation, directory, register, issuing } = config;
  return { agency, regulation, directory, register, issuing, cutover: config.intake.cutover };
}

/** The agency that owns a mail address; null when it stands in no entry of the directory. */
export function agencyOf(rules: Rules, address: string | null): DirectoryAgency | null {
  if (!address) return null;
  const wanted = address.toLowerCase();
  return rules.directory.agencies.find((agency) => agency.addresses.includes(wanted)) ?? null;
}

export function isOwnAddress(rules: Rules, address: string | null): boolean {
  if (!address) return false;
  const wanted = address.toLowerCase();
  return (
    wanted === rules.agency.address.toLowerCase() ||
    rules.agency.aliases.some((a) => a.toLowerCase() === wanted)
  );
}

/** A decision that does nothing; handlers fill in what they want done. */
export function nothing(): Decision {
  return {
    message: null,
    entries: [],
    sends: [],
    outcomes: [],
    holds: [],
    closeHold: null,
    approveHold: null,
    corrections: [],
    cancel: null,
    journal: [],
  };
}
