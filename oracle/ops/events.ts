import type { Hex } from "viem";
import { z } from "zod";
import { addressSchema } from "../domain/schema.ts";

/** What each kind of event says, beside pool and round. Nothing in it is private or a secret: events are shown to everybody. */
export interface EventData {
  /** A round went on; `progress` as in the node's round status. */
  readonly "round.phase": { readonly progress: string; readonly deadline: number | null };
  /** Items that came in together, and their bytes. */
  readonly "evidence.accepted": { readonly items: number; readonly bytes: number };
  readonly "evidence.erased": { readonly item: Hex };
  readonly "round.frozen": { readonly evidenceRoot: Hex; readonly items: number };
  readonly "assessment.signed": { readonly node: Hex; readonly evidenceRoot: Hex };
  readonly "assessment.submitted": { readonly node: Hex; readonly transaction: Hex };
  readonly "round.assessed": { readonly evidenceRoot: Hex };
  readonly "round.challenged": { readonly deadline: number | null };
  readonly "round.settled": { readonly evidenceRoot: Hex };
  /** No assessment came in time: the default rate is paid. */
  readonly "round.expired": { readonly deadline: number };
  /** What was funded, too little for a round: base units in decimal digits. */
  readonly "round.cancelled": { readonly funded: string };
  /** Indices of providers, both inclusive. */
  readonly "payout.distributed": { readonly from: number; readonly to: number; readonly transaction: Hex };
  readonly "payout.skipped": { readonly index: number };
  readonly "bundle.published": { readonly hash: Hex; readonly bytes: number };
  /** A deadline of block time, seconds, that passes soon although something is still missing. */
  readonly "deadline.near": { readonly deadline: number; readonly missing: string };
  /** Endpoint by its place in the settings, from 1. */
  readonly "endpoint.deviates": { readonly endpoint: number; readonly what: string };
  /** Wei, in decimal digits. */
  readonly "spend.limited": { readonly spentWei: string; readonly limitWei: string };
}

export type EventType = keyof EventData;

/** All types of events. */
export const EVENT_TYPES = Object.keys({
  "round.phase": 0,
  "evidence.accepted": 0,
  "evidence.erased": 0,
  "round.frozen": 0,
  "assessment.signed": 0,
  "assessment.submitted": 0,
  "round.assessed": 0,
  "round.challenged": 0,
  "round.settled": 0,
  "round.expired": 0,
  "round.cancelled": 0,
  "payout.distributed": 0,
  "payout.skipped": 0,
  "bundle.published": 0,
  "deadline.near": 0,
  "endpoint.deviates": 0,
  "spend.limited": 0,
} satisfies Record<EventType, 0>) as readonly EventType[];

interface EventOf<Type extends EventType> {
  readonly type: Type;
  /** When it was written, Unix milliseconds of the node's clock. */
  readonly at: number;
  readonly chainId: number;
  /** Lower case; `null` where it is of no pool. */
  readonly pool: Hex | null;
  readonly round: number | null;
  readonly data: EventData[Type];
}

/** Something that happened, of a kind that others act upon. */
export type DomainEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/** An event as it is read: what its type says of its data was checked where it was written. */
export const eventSchema = z.strictObject({
  type: z.enum(EVENT_TYPES),
  at: z.int().min(0),
  chainId: z.int().min(1),
  pool: addressSchema.nullable(),
  round: z.int().min(0).nullable(),
  data: z.record(z.string(), z.json()),
});
