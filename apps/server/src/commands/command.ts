/** What was typed behind the command's name. */
export interface CommandInput {
  readonly args: readonly string[];
  /** `--json`: machine-readable output. */
  readonly json: boolean;
  /** `--org`: the organisation to act in. */
  readonly org: string | undefined;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Loads the code that does it. */
  load(): Promise<(input: CommandInput) => Promise<void>>;
}
