import type { Document, Entity } from '../../../entities/index.ts';
import type { Tenant } from '../../../storage/index.ts';
import type { AccessPortal, PortalAccess } from '../../access/index.ts';

/** The meter a third party is asked about, and on whose behalf. */
export interface MeterQuestion {
  readonly access: PortalAccess;
  readonly tenant: Tenant;
  readonly meter: Entity;
  /** Further entities for the hook's variables; the caller may read them. */
  readonly context: readonly Entity[];
}

/** One reading about to be stored. */
export interface ReadingQuestion extends MeterQuestion {
  readonly counter: Entity | undefined;
  /** As clients see readings (contract schema `MeterReading`). */
  readonly reading: Document;
}

/** What a third party says about a reading; limits are in the counter's unit and may be missing. */
export interface ReadingVerdict {
  readonly isPlausible: boolean;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

/** The limits of one counter; null where the third party names none. */
export interface CounterLimits {
  readonly counterId: string;
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * The `meterReadingPlausibilityCheck` hook of a portal (spec/portal.md §9.4). Both questions throw a `Refusal` with a 5xx status when the third
 * party cannot be asked or answers nonsense.
 */
export interface PlausibilityHook {
  /** How the portal's hook answers; undefined when the portal has none. */
  modeOf(portal: AccessPortal, tenant: Tenant): Promise<'check' | 'range' | undefined>;
  check(question: ReadingQuestion): Promise<ReadingVerdict>;
  limits(
    question: MeterQuestion & { readonly counters: readonly Entity[]; readonly timestamp: Date },
  ): Promise<readonly CounterLimits[]>;
}
