import { describe, expect, it } from 'vitest';
import { cleanPrice } from './clean-snapshot.ts';

describe('a price snapshot', () => {
  it('loses housekeeping keys and keeps everything else', () => {
    const sent = JSON.parse(
      '{"_id":"p","_org":"1","_slug":"price","file":[],"workflows":{},"wide":1,"_tags":["a"],"footnote":null}',
    );
    expect(cleanPrice(sent)).toStrictEqual({ _id: 'p', wide: 1, _tags: ['a'], footnote: null });
  });

  it('is cleaned down to its components, and never changed itself', () => {
    const sent = Object.freeze(JSON.parse('{"price_components":[{"_id":"c","_schema":"price"}]}'));
    expect(cleanPrice(sent)).toStrictEqual({ price_components: [{ _id: 'c' }] });
  });

  it('cannot smuggle in a prototype', () => {
    const copy = cleanPrice(JSON.parse('{"_id":"p","__proto__":{"type":"recurring"}}'));
    expect(copy.type).toBeUndefined();
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});
