import type { Change } from '../../types.ts';

/** Most changes told of each sort: a report is for reading. */
const MAX_TOLD = 40;

/** Collects what changed after a signature, each finding once. */
export class Findings {
  private readonly forbidden = new Map<string, Change>();
  private readonly allowed = new Map<string, Change>();

  /** A kind of change that may follow a signature. */
  allow(kind: string, detail: string): void {
    this.add(this.allowed, { kind, detail, allowed: true });
  }

  /** A change that makes the signature suspect. */
  forbid(kind: string, detail: string): void {
    this.add(this.forbidden, { kind, detail, allowed: false });
  }

  /** A change that makes the signature false: what it was for is no longer there. */
  breaks(kind: string, detail: string): void {
    this.add(this.forbidden, { kind, detail, allowed: false, breaks: true });
  }

  private add(into: Map<string, Change>, change: Change): void {
    const key = `${change.kind} ${change.detail}`;
    if (into.has(key) || (into.size >= MAX_TOLD && change.breaks !== true)) return;
    into.set(key, change);
  }

  /** The forbidden ones first. */
  get list(): Change[] {
    return [...this.forbidden.values(), ...this.allowed.values()];
  }
}
