/** A value that JSON may leave out or set to null. */
export type Maybe<T> = T | null | undefined;
