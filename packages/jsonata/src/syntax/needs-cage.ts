/** Raised while reading or compiling a tree the compiler does not cover exactly; it never leaves the package. */
export class NeedsCage extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NeedsCage';
  }
}
