import { describe, expect, it } from 'vitest';
import { isAllowedTarget, parseAllowedTargets } from './allowed-target.ts';
import { readAddress } from './public-address.ts';

function allows(list: string, address: string, port = 443): boolean {
  const parsed = readAddress(address);
  if (!parsed) throw new Error(`not an address: ${address}`);
  return isAllowedTarget(parseAllowedTargets(list), parsed, port);
}

describe('parseAllowedTargets', () => {
  it.each([
    ['10.1.0.0/16', '10.1.255.9', 443, true],
    ['10.1.0.0/16', '10.2.0.1', 443, false],
    ['127.0.0.1:4810', '127.0.0.1', 4810, true],
    ['127.0.0.1:4810', '127.0.0.1', 4811, false],
    ['10.0.0.0/8:8443', '10.9.9.9', 8443, true],
    ['[fd00::/8]:443', 'fd12::1', 443, true],
    ['[fd00::/8]:443', 'fd12::1', 80, false],
    ['fd12::7', 'fd12::7', 80, true],
    [' 192.168.1.1 , 10.0.0.0/8 ', '10.0.0.1', 80, true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 80, true],
    ['', '10.0.0.1', 80, false],
  ])('%s: %s on port %i is %s', (list, address, port, expected) => {
    expect(allows(list, address, port)).toBe(expected);
  });

  it('does not open metadata services with a network, only with their exact address', () => {
    expect(allows('169.254.0.0/16', '169.254.1.1')).toBe(true);
    expect(allows('169.254.0.0/16', '169.254.169.254')).toBe(false);
    expect(allows('0.0.0.0/0', '169.254.169.254')).toBe(false);
    expect(allows('169.254.169.254', '169.254.169.254')).toBe(true);
  });

  it.each([
    '10.1',
    '10.0.0.0/33',
    '012.0.0.1',
    'erp.example',
    '10.0.0.1:0',
    '10.0.0.1:70000',
    '::/200',
    '10.0.0.1/x',
  ])('refuses to read %s', (list) => {
    expect(() => parseAllowedTargets(list)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});
