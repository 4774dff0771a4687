/** `[Content_Types].xml`: what each part is (ISO/IEC 29500-2 7.2.3). It is signed only through the names in the manifest. */
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { attribute, childElements, isNamed, parseXml, type XmlElement } from '../xml/libxml.ts';
import { NAMESPACE, partKey } from './names.ts';

/** Declarations; as many as a zip may have entries, twice over. */
const MAX_DECLARATIONS = 40_000;

/** The type of a part; null = it has none, so it is no part. */
export type ContentTypeOf = (partName: string) => string | null;

interface Declarations {
  /** By extension. */
  defaults: Map<string, string>;
  /** By part key. */
  overrides: Map<string, string>;
}

/** Takes one declaration; false when it says nothing or the same is said twice. */
function declare({ defaults, overrides }: Declarations, element: XmlElement): boolean {
  const [extension, part] = [attribute(element, 'Extension'), attribute(element, 'PartName')];
  const type = attribute(element, 'ContentType');
  const [kind, key] =
    element.name === 'Default'
      ? [defaults, extension?.toLowerCase()]
      : [overrides, part === null ? undefined : partKey(part)];
  if (element.name !== 'Default' && element.name !== 'Override') return false;
  if (key === undefined || type === null || kind.has(key)) return false;
  kind.set(key, type.trim());
  return true;
}

/**
 * Reads the types. Declarations that stand twice or mean nothing are faults: some readers take the first, some the last.
 * Throws CongvanError of `parseXml`.
 */
export function readContentTypes(bytes: Uint8Array, faults: SignatureReason[]): ContentTypeOf {
  const declarations: Declarations = { defaults: new Map(), overrides: new Map() };
  const document = parseXml(bytes);
  try {
    if (!isNamed(document.root, NAMESPACE.contentTypes, 'Types'))
      faults.push(formatFailure('[Content_Types].xml declares no types'));
    if (Number(document.root.eval('count(*)')) > MAX_DECLARATIONS) {
      faults.push({ code: 'LIMIT', detail: `more than ${MAX_DECLARATIONS} content types` });
      return () => null;
    }
    for (const element of childElements(document.root))
      if (!declare(declarations, element))
        faults.push(
          formatFailure(`doubtful content type of ${attribute(element, 'PartName') ?? element.name}`),
        );
  } finally {
    document.dispose();
  }
  return (partName) => {
    const extension = /\.([^./]*)$/.exec(partName)?.[1]?.toLowerCase() ?? '';
    return declarations.overrides.get(partKey(partName)) ?? declarations.defaults.get(extension) ?? null;
  };
}
