import { isRecord, PROTOTYPE_MEMBER } from '../json/record.ts';
import type { ConfigurationIssue, ConfigurationIssueCode } from './mapping-configuration-error.ts';

/**
 * A place in a configuration that is being read: its value, where it is, and the list its issues go to. Reading never
 * throws; a value of the wrong kind is an issue and answers undefined, so that one pass finds everything. Optional
 * members that are null count as absent.
 */
export class ConfigNode {
  readonly value: unknown;
  readonly issues: ConfigurationIssue[];
  private readonly parent: ConfigNode | undefined;
  private readonly key: string | number;

  private constructor(
    value: unknown,
    issues: ConfigurationIssue[],
    parent: ConfigNode | undefined,
    key: string | number,
  ) {
    this.value = value;
    this.issues = issues;
    this.parent = parent;
    this.key = key;
  }

  /** The top of a configuration; its issues are collected in the list given. */
  static root(value: unknown, issues: ConfigurationIssue[]): ConfigNode {
    return new ConfigNode(value, issues, undefined, '');
  }

  /** Absent: not there, or null. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** An object without members: an entry that nobody has filled in. */
  get empty(): boolean {
    return isRecord(this.value) && Object.keys(this.value).length === 0;
  }

  /** Whether the member is there at all, null included. */
  has(name: string): boolean {
    return isRecord(this.value) && Object.hasOwn(this.value, name) && this.value[name] !== undefined;
  }

  member(name: string): ConfigNode {
    return new ConfigNode(
      this.has(name) && isRecord(this.value) ? this.value[name] : undefined,
      this.issues,
      this,
      name,
    );
  }

  refuse(code: ConfigurationIssueCode, message: string, position?: number): undefined {
    const issue = { path: this.path(), message, code };
    this.issues.push(position === undefined ? issue : { ...issue, position });
    return undefined;
  }

  /** Whether this is an object; an issue when not. */
  isObject(): boolean {
    if (!isRecord(this.value)) this.refuse(this.absent ? 'REQUIRED' : 'INVALID_VALUE', 'Must be an object');
    return isRecord(this.value);
  }

  /** The members of an object, empty with an issue when it is none. */
  entries(): [string, ConfigNode][] {
    if (!this.isObject() || !isRecord(this.value)) return [];
    return Object.keys(this.value).map((name) => [name, this.member(name)]);
  }

  /** The elements of a list that must be there. */
  elements(): ConfigNode[] {
    if (!Array.isArray(this.value)) {
      this.refuse(this.absent ? 'REQUIRED' : 'INVALID_VALUE', 'Must be a list');
      return [];
    }
    return this.value.map((element, index) => new ConfigNode(element, this.issues, this, index));
  }

  /** The elements of a list that may be absent. */
  optionalElements(): ConfigNode[] {
    return this.absent ? [] : this.elements();
  }

  /** A text that must be there and not be blank. */
  text(): string | undefined {
    if (typeof this.value === 'string' && this.value.trim() !== '') return this.value;
    return this.refuse(this.absent ? 'REQUIRED' : 'INVALID_VALUE', 'Must be a text that is not blank');
  }

  /** A text that becomes a member name of a result: not blank and not `__proto__`. */
  memberName(): string | undefined {
    const name = this.text();
    return name === PROTOTYPE_MEMBER
      ? this.refuse('RESERVED_NAME', `${name} cannot be used as a name`)
      : name;
  }

  /** One of the given words; the first of them when absent. */
  choice<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    if (this.absent) return words[0];
    const word = words.find((candidate) => candidate === this.value);
    if (word === undefined) this.refuse('INVALID_VALUE', `Must be one of ${words.join(', ')}`);
    return word ?? words[0];
  }

  private path(): string {
    if (!this.parent) return '';
    const above = this.parent.path();
    if (typeof this.key === 'number') return `${above}[${this.key}]`;
    return above === '' ? this.key : `${above}.${this.key}`;
  }
}
