/** Most gas of a transaction (EIP-7825). */
export const MAX_TRANSACTION_GAS = 16_777_216n;

/** Fees of a transaction (EIP-1559), wei per gas. */
export interface Fees {
  readonly maxFee: bigint;
  readonly tip: bigint;
}

/** What may be paid. */
export interface FeeLimits {
  /** Tip of the first form, wei per gas. */
  readonly tip: bigint;
  /** Most a transaction may offer, wei per gas. */
  readonly maxFee: bigint;
}

/** Fees of a first form: room for the base fee to double. `null` where that would be above the limit. */
export function firstFees(baseFee: bigint, limits: FeeLimits): Fees | null {
  if (baseFee + limits.tip > limits.maxFee) return null;
  const wanted = 2n * baseFee + limits.tip;
  return { maxFee: wanted < limits.maxFee ? wanted : limits.maxFee, tip: limits.tip };
}

/** Fees that replace others: both at least an eighth (12.5 %) higher, rounded up, and no lower than new ones would be; `null` above the limit. */
export function raisedFees(old: Fees, baseFee: bigint, limits: FeeLimits): Fees | null {
  const tip = raised(old.tip, limits.tip);
  const maxFee = raised(old.maxFee, 2n * baseFee + tip);
  if (maxFee <= limits.maxFee) return { maxFee, tip };
  // Not so much room, if that is enough.
  const least = raised(old.maxFee, baseFee + tip);
  return least <= limits.maxFee ? { maxFee: least, tip } : null;
}

function raised(old: bigint, wanted: bigint): bigint {
  const least = old + (old + 7n) / 8n;
  const more = least > old ? least : old + 1n;
  return more > wanted ? more : wanted;
}

/** Gas to offer for a call that needs so much: a fifth more, at most what a transaction may have; `null` where it needs more than that. */
export function gasOffered(needed: bigint): bigint | null {
  if (needed > MAX_TRANSACTION_GAS) return null;
  const offered = needed + needed / 5n;
  return offered < MAX_TRANSACTION_GAS ? offered : MAX_TRANSACTION_GAS;
}
