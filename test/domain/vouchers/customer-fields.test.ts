/** Voucherify's customer among the traits, and back: what goes in comes out, and metadata never pass for what identifies. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOfTraits, traitOfMetadata, traitsOfFields } from '../../../worker/domain/vouchers/customer-fields.ts';

describe('the fields of a customer', () => {
  it('become traits as Segment names them, and come back as they were', () => {
    const address = { city: 'Berlin', state: null, line_1: 'Weg 1', line_2: null, country: 'DE', postal_code: '10115' };
    const fields = {
      name: 'Ada',
      email: 'a@b.example',
      phone: '+49301234567',
      description: null,
      birthdate: '1990-05-17',
      address,
    };
    const traits = traitsOfFields({ ...fields, metadata: { level: 'gold' } });
    expect(traits).toMatchObject({
      address: { street: 'Weg 1', postalCode: '10115' },
      level: 'gold',
      description: null,
    });
    expect(fieldsOfTraits({ ...traits, description: '' })).toEqual({ ...fields, metadata: { level: 'gold' } });
  });

  it('that are not named say nothing, and null takes away', () => {
    expect(traitsOfFields({ name: undefined, address: null, metadata: { a: null } })).toEqual({
      address: null,
      a: null,
    });
  });

  it('name somebody by both names where there is no other', () => {
    expect(fieldsOfTraits({ firstName: 'Ada', lastName: 'L' }).name).toBe('Ada L');
  });

  it('keep every name of metadata, and none of them sets a trait that means something', () => {
    const names = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('email', 'userId', 'name', 'consent', 'birthday'),
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (metadata) => {
        fc.pre(!Object.keys(metadata).some((name) => name === '__proto__' || name.startsWith('metadata:')));
        const traits = traitsOfFields({ metadata });
        expect(fieldsOfTraits(traits).metadata).toEqual(metadata);
        for (const name of ['email', 'userId', 'name', 'consent', 'birthday'])
          expect(Object.hasOwn(traits, name)).toBe(false);
        for (const [name, value] of Object.entries(metadata)) expect(traits[traitOfMetadata(name)]).toBe(value);
      }),
    );
  });
});
