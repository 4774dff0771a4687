/** What the sandbox is asked. Plain data: it crosses a process boundary; the file's bytes follow it, never its path. */
import type { SignatureReport, TrustMaterial, VerifyOptions } from '../../signatures/types.ts';

/** Given once, when a sandbox starts. */
export interface JudgeSetup {
  trust: TrustMaterial;
  /** For every file that comes without rules of its own. */
  rules: HouseRules;
}

export type HouseRules = Pick<VerifyOptions, 'revocation' | 'sha1Until'>;

export interface JudgeOptions extends Omit<VerifyOptions, 'trust' | 'sha256'> {
  /** SHA-256 of the file, lower-case hex, where it is known; else the sandbox computes it. */
  sha256?: string;
  /** Counts the self-signed certificates in the file as anchors too: compares integrity only. */
  ownRoots?: boolean;
  /** Answers and certificates fetched for this file, beside those of the setup. DER. */
  fetched?: Partial<Omit<TrustMaterial, 'anchors'>>;
  /** Also says whether the first page of a PDF is only a picture: the class of a signed file needs it (DOMAIN 1.5). */
  pictures?: boolean;
}

/** What the sandbox answers; `pictures` is there where it was asked for. */
export type SandboxReport = SignatureReport & { pictures?: boolean };

/** `tryLater` = the network did not answer for the moment, and the verdict hangs on it (EN 319 102-1 TRY_LATER). */
export type Judged = SandboxReport & { tryLater?: boolean };

/** The first message of a process is its setup; `ping` asks only whether it is there. */
export type SandboxMessage =
  | { type: 'setup'; setup: JudgeSetup }
  | { type: 'ping' }
  | { type: 'judge'; options: JudgeOptions };

/** What the sandbox says of its own rights when it starts, as Node's permission model knows them. */
export interface ReadyWord {
  ready: true;
  /** True where no right is there that should not be: to write, to start processes or threads, to load add-ons. */
  confined: boolean;
}
