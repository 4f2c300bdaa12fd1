export interface MailAddress {
  /** Display name. */
  readonly name?: string;
  /** `local@domain`. */
  readonly address: string;
}

export interface MailAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface Mail {
  readonly from: MailAddress;
  /** At least one, at most 100. */
  readonly to: readonly MailAddress[];
  readonly replyTo?: MailAddress;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Additional header fields; those that address, route or describe the mail itself are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly attachments?: readonly MailAttachment[];
}

export interface SentMail {
  /** The identifier of the mail at the place it was handed to: its `Message-ID`, or its id in the outbox. */
  readonly id: string;
}

/** Hands mails over for delivery. */
export interface Mailer {
  /**
   * Sends one mail. Resolves once the next hop has accepted it for all recipients.
   * @throws MailError `INVALID_MAIL` (line breaks in header fields, malformed addresses), `REFUSED` (permanent), `UNAVAILABLE` (try later)
   */
  send(mail: Mail): Promise<SentMail>;
  /** Closes connections; no mail can be sent afterwards. */
  close(): Promise<void>;
}
