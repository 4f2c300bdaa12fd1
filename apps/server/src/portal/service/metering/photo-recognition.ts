/** What was read off a photo; suggestions that nobody books (spec/portal.md §8.3). */
export interface RecognisedReading {
  /** As the counter shows it, such as `000123.45`. */
  readonly reading?: string | undefined;
  readonly sector?: string | undefined;
  /** What may be the meter's number. */
  readonly meterNumbers?: readonly string[] | undefined;
}

/** Reads meters off photos. May throw; the photo is stored either way. */
export interface PhotoRecognition {
  recognise(image: { readonly bytes: Uint8Array; readonly mimeType: string }): Promise<RecognisedReading>;
}
