import { describe, expect, it } from 'vitest';
import {
  attribute,
  type CanonicalForm,
  canonicalize,
  elementsNamed,
  elementsWithId,
  parseXml,
  plainText,
} from '../../../signatures/xml/libxml.ts';

const FORM: CanonicalForm = { method: 'c14n', comments: false, prefixes: [] };

/** Canonical text of the document, or of the one element with Id `apex`; elements with Id `out` are left out. */
function canonical(text: string, form: Partial<CanonicalForm> = {}): string {
  const document = parseXml(Buffer.from(text));
  try {
    const [apex = null] = elementsWithId(document, 'apex');
    const without = elementsWithId(document, 'out');
    return Buffer.from(canonicalize({ document, apex, without }, { ...FORM, ...form })).toString();
  } finally {
    document.dispose();
  }
}

describe('a whole document in canonical form (Canonical XML 1.0, 2.3)', () => {
  it.each<[string, string, string]>([
    [
      'loses declaration and comments, keeps instructions',
      '<?xml version="1.0"?>\n<?a  b?>\n<!--c--><d/>\n<?e?>',
      '<?a b?>\n<d></d>\n<?e?>',
    ],
    [
      'keeps white space inside, one kind of line end',
      '<a>\r\n  <b> c </b>\r\n</a>',
      '<a>\n  <b> c </b>\n</a>',
    ],
    [
      'orders namespaces and attributes',
      '<e z="1" b:a="2" a="3" xmlns:b="urn:z" xmlns:a="urn:y" a:q="4" xmlns="urn:x"/>',
      '<e xmlns="urn:x" xmlns:a="urn:y" xmlns:b="urn:z" a="3" z="1" a:q="4" b:a="2"></e>',
    ],
    [
      'drops superfluous namespaces',
      '<a xmlns:b="urn:b"><b:c xmlns:b="urn:b"/></a>',
      '<a xmlns:b="urn:b"><b:c></b:c></a>',
    ],
    [
      'resolves character references and CDATA',
      '<a b="&#9;&#x41;&quot;&gt;">&#13;<![CDATA[<&]]>&#xd;></a>',
      '<a b="&#x9;A&quot;>">&#xD;&lt;&amp;&#xD;&gt;</a>',
    ],
    ['is UTF-8 whatever it was', '<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', '<a>\u00e9</a>'],
  ])('%s', (name, text, expected) => {
    const bytes = Buffer.from(text, name.startsWith('is UTF-8') ? 'latin1' : 'utf8');
    const document = parseXml(bytes);
    const octets = canonicalize({ document, apex: null, without: [] }, FORM);
    document.dispose();
    expect(Buffer.from(octets).toString()).toBe(expected);
  });

  it('keeps comments when asked to', () => {
    expect(canonical('<!--a--><b><!--c--></b>', { comments: true })).toBe('<!--a-->\n<b><!--c--></b>');
  });
});

describe('an element in canonical form', () => {
  const text =
    '<a xmlns="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" xml:lang="vi" xml:id="i"><b:x Id="apex" z=" c:y "><t/><b:out Id="out">no</b:out></b:x><rest/></a>';

  it.each<[string, Partial<CanonicalForm>, string]>([
    [
      'C14N 1.0 inherits namespaces and all xml: attributes',
      {},
      '<b:x xmlns="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" Id="apex" z=" c:y " xml:id="i" xml:lang="vi"><t></t></b:x>',
    ],
    [
      'C14N 1.1 does not inherit xml:id',
      { method: 'c14n11' },
      '<b:x xmlns="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" Id="apex" z=" c:y " xml:lang="vi"><t></t></b:x>',
    ],
    [
      'exclusive takes only the namespaces that are used',
      { method: 'exclusive' },
      '<b:x xmlns:b="urn:b" Id="apex" z=" c:y "><t xmlns="urn:a"></t></b:x>',
    ],
    [
      'exclusive takes the prefixes that are listed too',
      { method: 'exclusive', prefixes: ['c', '#default'] },
      '<b:x xmlns="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" Id="apex" z=" c:y "><t></t></b:x>',
    ],
  ])('%s', (_, form, expected) => {
    expect(canonical(text, form)).toBe(expected);
  });

  it('is nothing when it lies in what is left out', () => {
    expect(canonical('<a><b Id="out"><c Id="apex"/></b></a>')).toBe('');
  });

  it('loses nested exclusions once', () => {
    expect(canonical('<a><b Id="out"><c/></b><d/></a>')).toBe('<a><d></d></a>');
  });
});

describe('walking', () => {
  const using = <T>(text: string, use: (document: ReturnType<typeof parseXml>) => T): T => {
    const document = parseXml(Buffer.from(text));
    try {
      return use(document);
    } finally {
      document.dispose();
    }
  };

  it('takes only attributes without namespace for identifiers, and xml:id', () => {
    using('<a xmlns:w="urn:w"><b w:Id="x"/><c Id="x"/><d xml:id="y"/></a>', (document) => {
      expect(elementsWithId(document, 'x').map((one) => one.name)).toEqual(['c']);
      expect(elementsWithId(document, 'y').map((one) => one.name)).toEqual(['d']);
      expect(attribute(document.root.find('b')[0] as never, 'Id')).toBeNull();
    });
  });

  it('gives no text of an element with elements inside, and leaves comments out', () => {
    using('<a xmlns="urn:a"><b>1<!--2-->3</b><b>1<c/></b></a>', (document) => {
      expect(elementsNamed(document, 'urn:a', 'b').map(plainText)).toEqual(['13', null]);
    });
  });

  it('lets a document type pass only where it merely names one', () => {
    const named = Buffer.from('<!DOCTYPE library PUBLIC "-//A//EN" "a.dtd"><library/>');
    const declaring = Buffer.from('<!DOCTYPE library [<!ENTITY a "b">]><library>&a;</library>');
    parseXml(named, 'named').dispose();
    expect(() => parseXml(named)).toThrow('document type');
    expect(() => parseXml(declaring, 'named')).toThrow('document type');
  });
});
