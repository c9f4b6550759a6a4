import { createHash } from 'node:crypto';
import { sha256 } from '@polysem/core/features';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('hashes bytes in pieces of any size as the reference does', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const hash = sha256();
      const expected = createHash('sha256');
      for (const part of parts) {
        hash.add(part);
        expected.update(part);
      }
      expect(hash.end()).toBe(expected.digest('hex'));
    }),
  );
});
