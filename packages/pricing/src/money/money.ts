import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import { doubleFactor } from '../arithmetic/double-factor.ts';
import { DEFAULT_CURRENCY } from '../constants.ts';
import { PricingError } from '../pricing-error.ts';

const FINE_DIGITS = 12;

/** An immutable amount of money: a whole number of 10^-precision currency units, computed like the engine does. */
export class Money {
  readonly #amount: number;
  readonly #currency: string;
  readonly #precision: number;

  /** Throws INVALID_AMOUNT unless `amount` is a whole number. */
  constructor(amount: number, currency: string, precision: number = FINE_DIGITS) {
    this.#amount = doubleArithmetic.fromRaw(amount);
    this.#currency = currency;
    this.#precision = precision;
  }

  /** The whole number of 10^-precision units. */
  getAmount(): number {
    return this.#amount;
  }

  getCurrency(): string {
    return this.#currency;
  }

  getPrecision(): number {
    return this.#precision;
  }

  /** Currency units as a plain number. */
  toUnit(): number {
    return this.#amount / 10 ** this.#precision;
  }

  /** Throws CURRENCY_MISMATCH for another currency, like every method that takes another amount. */
  add(other: Money): Money {
    return this.#with(this.#amount + this.#comparable(other));
  }

  subtract(other: Money): Money {
    return this.#with(this.#amount - this.#comparable(other));
  }

  /** Rounded half-even at the last digit. */
  multiply(factor: number): Money {
    return this.#with(doubleArithmetic.mul(this.#amount, doubleFactor(factor)));
  }

  /** Rounded half-even at the last digit. */
  divide(divisor: number): Money {
    return this.#with(doubleArithmetic.div(this.#amount, doubleFactor(divisor)));
  }

  /** The same amount with another number of digits, rounded half away from zero. */
  convertPrecision(precision: number): Money {
    const scaled = this.#amount * 10 ** (precision - this.#precision);
    return new Money(Math.sign(scaled) * Math.round(Math.abs(scaled)), this.#currency, precision);
  }

  equalsTo(other: Money): boolean {
    return this.#amount === this.#comparable(other);
  }

  greaterThan(other: Money): boolean {
    return this.#amount > this.#comparable(other);
  }

  lessThan(other: Money): boolean {
    return this.#amount < this.#comparable(other);
  }

  isZero(): boolean {
    return this.#amount === 0;
  }

  isNegative(): boolean {
    return this.#amount < 0;
  }

  #with(amount: number): Money {
    return new Money(amount, this.#currency, this.#precision);
  }

  #comparable(other: Money): number {
    if (other.#currency !== this.#currency) {
      throw new PricingError('CURRENCY_MISMATCH', `${other.#currency} does not go with ${this.#currency}.`);
    }
    return other.convertPrecision(this.#precision).getAmount();
  }
}

/** Money from a decimal text of currency units, with 12 digits (spec A17). Throws INVALID_DECIMAL. */
export function toDinero(decimalAmount: string | null | undefined, currency = DEFAULT_CURRENCY): Money {
  return new Money(doubleArithmetic.fine(decimalAmount), currency);
}

/** Money from a whole number of 10^-12 currency units (spec A17). Throws INVALID_AMOUNT. */
export function toDineroFromInteger(amount: number, currency = DEFAULT_CURRENCY): Money {
  return new Money(amount, currency);
}
