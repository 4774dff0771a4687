import { expect, it } from 'vitest';
import { element, oid, sequence } from '../../../scripts/province/der-writer.ts';
import { readName } from '../../../signatures/certificates/names.ts';
import { readDer } from '../../../signatures/der.ts';

it('an attribute without a value is malformed, never a crash', () => {
  const name = sequence(element(0x31, sequence(oid('2.5.4.3'))));
  expect(() => readName(readDer(name))).toThrowError(expect.objectContaining({ code: 'DER_INVALID' }));
});
