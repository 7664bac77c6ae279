import {
  concatHex,
  encodePacked,
  getAddress,
  getContractAddress,
  hexToBigInt,
  hexToBytes,
  hexToNumber,
  isAddress,
  isHex,
  size,
  slice,
  stringToBytes,
  stringToHex,
  zeroAddress,
  zeroHash,
  type Address,
  type ContractFunctionReturnType,
  type Hex,
} from "viem";
import type { ClockTerms } from "./clock.ts";
import { MAX_KNOTS, type Knot } from "./curve.ts";
import type { outcomePoolAbi } from "./generated/abi.ts";
import { MAX_ROUNDS } from "./limits.ts";
import { MAX_SCORE } from "./payout.ts";
import { duration, moment } from "./words.ts";

/**
 * What a pool agrees to, as the contract takes and returns it. Times in seconds, amounts in the token's smallest unit, rates in
 * basis points of 10,000. Its payment terms serve as a `PaymentRule` as they are; `clockTerms` gives its clock.
 */
export type Terms = ContractFunctionReturnType<typeof outcomePoolAbi, "view", "terms">;

/** Inclusive bounds of a term. */
export interface Limit<T extends number | bigint> {
  readonly min: T;
  readonly max: T;
}

/** A term the factory would refuse. */
export interface TermProblem {
  readonly field: keyof Terms;
  /** Says field, value and limit. */
  readonly message: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX_UINT128 = 2n ** 128n - 1n;

/** Limits of the terms that have fixed ones; `start`, `bond`, the parties and the order of knots depend on other things. */
export const TERM_LIMITS = {
  notice: { min: HOUR, max: 30 * DAY },
  period: { min: MINUTE, max: 365 * DAY },
  rounds: { min: 1, max: MAX_ROUNDS },
  assessmentWindow: { min: HOUR, max: 90 * DAY },
  challengeWindow: { min: HOUR, max: 30 * DAY },
  rulingWindow: { min: DAY, max: 90 * DAY },
  /** Above 0, a fee recipient is needed. */
  feeBps: { min: 0, max: 1_000 },
  fullPayBar: { min: 0, max: MAX_SCORE },
  defaultRate: { min: 0, max: MAX_SCORE },
  /** A `uint128`; where there is an arbiter, the bond is 1 to the minimum, else 0. */
  minimum: { min: 1n, max: MAX_UINT128 },
  /** A `uint40`; besides, at least `notice` ahead. */
  start: { min: 0, max: 2 ** 40 - 1 },
  /** Bytes of UTF-8. */
  specURI: { min: 0, max: 96 },
  /** Knots. */
  curve: { min: 0, max: MAX_KNOTS },
  /** Both coordinates of a knot. */
  knot: { min: 0, max: MAX_SCORE },
} as const satisfies Record<string, Limit<number> | Limit<bigint>>;

/** Terms but for what every pool has to say itself: token, oracle, manager, spec hash and start. */
export const DEFAULT_TERMS = {
  arbiter: zeroAddress,
  feeRecipient: zeroAddress,
  period: 30 * DAY,
  rounds: 1,
  notice: DAY,
  assessmentWindow: 7 * DAY,
  challengeWindow: 3 * DAY,
  rulingWindow: 14 * DAY,
  bond: 0n,
  minimum: 1n,
  feeBps: 0,
  metered: false,
  fullPayBar: 0,
  defaultRate: 5_000,
  curve: [],
  specURI: "",
} as const satisfies Omit<Terms, "token" | "oracle" | "manager" | "specHash" | "start">;

/** The part of the terms a round's times follow from. */
export function clockTerms(terms: Terms): ClockTerms {
  return {
    start: BigInt(terms.start),
    period: BigInt(terms.period),
    assessmentWindow: BigInt(terms.assessmentWindow),
    challengeWindow: BigInt(terms.challengeWindow),
    rulingWindow: BigInt(terms.rulingWindow),
  };
}

/** Bytes before the URI. */
const FIXED_BYTES = 231;

/**
 * Terms as they stand in a pool's code and in the factory's event: big endian, nothing between fields, the URI last.
 * @throws RangeError where there are more than 8 knots; viem's errors where a value does not fit its type
 */
export function packTerms(terms: Terms): Hex {
  const { token, oracle, arbiter, manager, feeRecipient, specHash } = terms;
  const parties = encodePacked(
    ["address", "address", "address", "address", "address", "bytes32"],
    [token, oracle, arbiter, manager, feeRecipient, specHash],
  );
  const { start, period, rounds, notice, assessmentWindow, challengeWindow, rulingWindow } = terms;
  const clock = encodePacked(
    ["uint40", "uint32", "uint16", "uint32", "uint32", "uint32", "uint32"],
    [start, period, rounds, notice, assessmentWindow, challengeWindow, rulingWindow],
  );
  const { bond, minimum, feeBps, metered, fullPayBar, defaultRate, curve } = terms;
  const money = encodePacked(
    ["uint128", "uint128", "uint16", "bool", "uint16", "uint16", "uint8"],
    [bond, minimum, feeBps, metered, fullPayBar, defaultRate, curve.length],
  );
  return concatHex([parties, clock, money, packCurve(curve), stringToHex(terms.specURI)]);
}

/**
 * Inverse of `packTerms`. The terms need not be acceptable, see `checkTerms`.
 * @throws RangeError where the bytes are not what `packTerms` writes for any terms, which includes a URI that is not UTF-8
 */
export function unpackTerms(packed: Hex): Terms {
  if (!isHex(packed, { strict: true }) || packed.length % 2 !== 0 || size(packed) < FIXED_BYTES) {
    throw new RangeError(`packed terms are not at least ${FIXED_BYTES} bytes in hex`);
  }
  const field = (offset: number, bytes: number): Hex => slice(packed, offset, offset + bytes);
  const account = (offset: number): Address => getAddress(field(offset, 20));
  const number = (offset: number, bytes: number): number => hexToNumber(field(offset, bytes));
  const amount = (offset: number): bigint => hexToBigInt(field(offset, 16));
  const terms: Terms = {
    token: account(0),
    oracle: account(20),
    arbiter: account(40),
    manager: account(60),
    feeRecipient: account(80),
    specHash: field(100, 32),
    start: number(132, 5),
    period: number(137, 4),
    rounds: number(141, 2),
    notice: number(143, 4),
    assessmentWindow: number(147, 4),
    challengeWindow: number(151, 4),
    rulingWindow: number(155, 4),
    bond: amount(159),
    minimum: amount(175),
    feeBps: number(191, 2),
    metered: number(193, 1) !== 0,
    fullPayBar: number(194, 2),
    defaultRate: number(196, 2),
    curve: Array.from({ length: Math.min(number(198, 1), MAX_KNOTS) }, (_, i) => ({
      x: number(199 + 4 * i, 2),
      y: number(201 + 4 * i, 2),
    })),
    specURI: decodeUtf8(hexToBytes(packed).subarray(FIXED_BYTES)),
  };
  if (packTerms(terms) !== packed.toLowerCase())
    throw new RangeError("packed terms hold bytes that belong to no field");
  return terms;
}

/**
 * Address of the pool with these terms, made or not: the factory's CREATE2 with salt 0 of OpenZeppelin's minimal clone of
 * `implementation` with the packed terms as immutable arguments.
 * @throws as `packTerms`
 */
export function poolAddress(of: { factory: Address; implementation: Address; terms: Terms }): Address {
  const args = packTerms(of.terms);
  // Creation code: return what lies behind the first 10 bytes, which is 45 bytes of clone and the arguments.
  const bytecode = encodePacked(
    ["bytes1", "uint16", "bytes", "address", "bytes", "bytes"],
    ["0x61", size(args) + 45, CLONE_BEFORE, of.implementation, CLONE_AFTER, args],
  );
  return getContractAddress({ opcode: "CREATE2", from: of.factory, salt: zeroHash, bytecode });
}

const CLONE_BEFORE = "0x3d81600a3d39f3363d3d373d3d3d363d73";
const CLONE_AFTER = "0x5af43d82803e903d91602b57fd5bf3";

/**
 * The first thing the factory would refuse in these terms at a time, in words, or `null`; see `termProblems`.
 * @param now Unix seconds of the block they would be made in
 */
export function checkTerms(terms: Terms, now: bigint): string | null {
  return termProblems(terms, now)[0]?.message ?? null;
}

/**
 * All that the factory would refuse in these terms, in the order in which it looks. One thing is left to the chain: that the
 * token has code. Terms that exist as a pool already are returned by the factory without any check.
 * @param now Unix seconds of the block they would be made in
 */
export function termProblems(terms: Terms, now: bigint): TermProblem[] {
  const problems = [
    checkWithin("curve", terms.curve.length, TERM_LIMITS.curve, knots),
    checkAccount("token", terms.token, true),
    checkAccount("oracle", terms.oracle, true),
    checkAccount("manager", terms.manager, true),
    checkAccount("feeRecipient", terms.feeRecipient, terms.feeBps !== 0),
    checkAccount("arbiter", terms.arbiter, false),
    checkWithin("specURI", stringToBytes(terms.specURI).length, TERM_LIMITS.specURI, (n) => `${n} bytes`),
    checkSpecHash(terms.specHash),
    checkWithin("notice", terms.notice, TERM_LIMITS.notice, duration),
    checkStart(terms, now),
    checkWithin("period", terms.period, TERM_LIMITS.period, duration),
    checkWithin("rounds", terms.rounds, TERM_LIMITS.rounds),
    checkWithin("assessmentWindow", terms.assessmentWindow, TERM_LIMITS.assessmentWindow, duration),
    checkWithin("challengeWindow", terms.challengeWindow, TERM_LIMITS.challengeWindow, duration),
    checkWithin("rulingWindow", terms.rulingWindow, TERM_LIMITS.rulingWindow, duration),
    checkWithin("minimum", terms.minimum, TERM_LIMITS.minimum),
    checkBond(terms),
    checkWithin("feeBps", terms.feeBps, TERM_LIMITS.feeBps, rate),
    checkWithin("fullPayBar", terms.fullPayBar, TERM_LIMITS.fullPayBar, rate),
    checkWithin("defaultRate", terms.defaultRate, TERM_LIMITS.defaultRate, rate),
    checkCurve(terms.curve),
  ];
  return problems.filter((problem) => problem !== null);
}

function checkWithin<T extends number | bigint>(
  field: keyof Terms,
  value: T,
  { min, max }: Limit<T>,
  say: (value: T) => string = String,
): TermProblem | null {
  if (typeof value === "number" && !Number.isInteger(value)) {
    return { field, message: `${field} is ${value}; it must be a whole number` };
  }
  if (value >= min && value <= max) return null;
  const limit = min === max ? say(min) : `${say(min)} to ${say(max)}`;
  return { field, message: `${field} is ${say(value)}; it must be ${limit}` };
}

function checkAccount(field: keyof Terms, account: Address, needed: boolean): TermProblem | null {
  if (!isAddress(account)) return { field, message: `${field} is ${String(account)}; it must be an address` };
  if (needed && account === zeroAddress)
    return { field, message: `${field} is the zero address; it must be an account` };
  return null;
}

function checkSpecHash(hash: Hex): TermProblem | null {
  if (!isHex(hash, { strict: true }) || hash.length !== 66 || hash === zeroHash) {
    return { field: "specHash", message: `specHash is ${hash}; it must be 32 bytes in hex, not all zero` };
  }
  return null;
}

function checkStart({ start, notice }: Terms, now: bigint): TermProblem | null {
  const problem = checkWithin("start", start, TERM_LIMITS.start, moment);
  // Nothing further can be said where the notice is no number of seconds; it is reported as such.
  if (problem !== null || !Number.isInteger(notice)) return problem;
  const earliest = now + BigInt(notice);
  if (BigInt(start) >= earliest) return null;
  const message = `start is ${moment(start)}; it must be at least the notice of ${duration(notice)} ahead: ${moment(earliest)}`;
  return { field: "start", message };
}

function checkBond({ arbiter, bond, minimum }: Terms): TermProblem | null {
  if (arbiter === zeroAddress) {
    return bond === 0n ? null : { field: "bond", message: `bond is ${bond}; it must be 0 without an arbiter` };
  }
  if (bond >= 1n && bond <= minimum) return null;
  return {
    field: "bond",
    message: `bond is ${bond}; it must be 1 to the minimum of ${minimum} where there is an arbiter`,
  };
}

function checkCurve(curve: readonly Knot[]): TermProblem | null {
  const { max } = TERM_LIMITS.knot;
  const ok = (value: number, least: number): boolean => Number.isInteger(value) && value >= least && value <= max;
  let last: Knot = { x: 0, y: 0 };
  for (const [i, knot] of curve.entries()) {
    if (!ok(knot.x, last.x) || !ok(knot.y, last.y)) {
      const message = `curve has knot ${i} at (${knot.x}, ${knot.y}); it must be within (${last.x}, ${last.y}) and (${max}, ${max})`;
      return { field: "curve", message };
    }
    last = knot;
  }
  return null;
}

/** 8 knots in 32 bytes, each x and y in 2, the last one repeated to fill them; zeros where there is none. */
function packCurve(curve: readonly Knot[]): Hex {
  if (curve.length > MAX_KNOTS) throw new RangeError(`curve has ${curve.length} knots; expected at most ${MAX_KNOTS}`);
  const filled = Array.from({ length: MAX_KNOTS }, (_, i) => curve[i] ?? curve.at(-1) ?? { x: 0, y: 0 });
  return concatHex(filled.map(({ x, y }) => encodePacked(["uint16", "uint16"], [x, y])));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new RangeError("specURI is not UTF-8", { cause });
  }
}

function knots(n: number): string {
  return n === 1 ? "1 knot" : `${n} knots`;
}

function rate(bps: number): string {
  return `${bps} basis points`;
}
