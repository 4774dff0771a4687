import type { PdfDocument } from '../document.ts';
import { type FormField, formFields, isSignatureDict } from '../fields.ts';
import { nameOf } from '../objects.ts';
import { type Permissions, permissionsOf } from '../permissions.ts';
import { Findings } from './findings.ts';
import { referenceCounts } from './references.ts';
import { changedNumbers, type Revisions } from './same.ts';

/** A signed revision beside the file as it stands now, and what has been said about the difference so far. */
export class Comparison implements Revisions {
  readonly before: PdfDocument;
  readonly after: PdfDocument;
  readonly findings = new Findings();
  /** Objects of the signed revision that say something else now. */
  readonly changed: ReadonlySet<number>;
  /** Those among them that one of the comparing parts has judged; the rest is forbidden. */
  readonly explained = new Set<number>();
  readonly oldFields: FormField[];
  readonly newFields: FormField[];
  /** Widgets of the fields that were added. */
  readonly newWidgets: ReadonlySet<number>;
  readonly permissions: Permissions;
  /** How many fields of the form as it stands now have each full name. */
  readonly names = new Map<string, number>();
  private readonly fieldsNow = new Map<number, FormField>();
  private counted: Map<number, number> | null = null;

  constructor(before: PdfDocument, after: PdfDocument) {
    this.before = before;
    this.after = after;
    this.changed = new Set(changedNumbers(this));
    this.oldFields = formFields(before);
    const known = new Set(this.oldFields.map((field) => field.number));
    const fields = formFields(after);
    for (const field of fields) {
      this.names.set(field.name, (this.names.get(field.name) ?? 0) + 1);
      if (field.number !== null) this.fieldsNow.set(field.number, field);
    }
    this.newFields = fields.filter((field) => field.number === null || !known.has(field.number));
    const widgets = this.newFields.flatMap((field) => field.widgets.map((widget) => widget.number));
    this.newWidgets = new Set(widgets.filter((number) => number !== null));
    this.permissions = permissionsOf(before, this.oldFields);
  }

  /** Whether the signed revision holds time stamps only, and nobody's signature. */
  get onlyTimestamps(): boolean {
    const signatures = this.oldFields
      .map((field) => this.before.resolve(field.value))
      .filter(isSignatureDict);
    return signatures.every((one) => nameOf(one.entries.get('SubFilter')) === 'ETSI.RFC3161');
  }

  /** The same field in the file as it stands now. */
  fieldNow(field: FormField): FormField | null {
    return field.number === null ? null : (this.fieldsNow.get(field.number) ?? null);
  }

  /** How often the signed revision points at each object. */
  get counts(): Map<number, number> {
    this.counted ??= referenceCounts(this.before);
    return this.counted;
  }

  /** An object may change only as what it is: one that something else points at too would change that as well. */
  explainOwn(number: number | null, kind: string): void {
    if (number === null || !this.changed.has(number)) return;
    this.explained.add(number);
    if ((this.counts.get(number) ?? 0) > 1)
      this.findings.forbid(kind, `object ${number} changed and is used elsewhere`);
  }
}
