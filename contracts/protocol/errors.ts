import { decodeErrorResult, isHex, size, type ContractErrorArgs, type Hex } from "viem";
import { ROUND_STATES } from "./clock.ts";
import { oracleQuorumAbi, outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "./generated/abi.ts";
import { ABSTAINED, MAX_SCORE } from "./payout.ts";
import { moment } from "./words.ts";

/** Raised in assembly by Solady's SSTORE2, so no ABI names it. */
const storeAbi = [{ type: "error", name: "DeploymentFailed", inputs: [] }] as const;

const contracts = [
  ...outcomePoolAbi,
  ...outcomePoolFactoryAbi,
  ...oracleQuorumAbi,
  ...testStablecoinAbi,
  ...storeAbi,
] as const;

type ErrorItem = Extract<(typeof contracts)[number], { type: "error" }>;

/**
 * Every custom error of pool, factory and quorum, and those of the test token: OpenZeppelin's standard ones (ERC-6093, ERC-2612,
 * EIP-3009), which pools pass on from tokens.
 */
export const errorsAbi: readonly ErrorItem[] = contracts.filter((item) => item.type === "error");

/** Name of a custom error. */
export type ErrorName = ErrorItem["name"];

/** An error in words. */
export interface Explanation {
  /** Of the custom error; `Error` for a revert with a text, `Panic` for a failed check of the compiler's. */
  readonly name: ErrorName | "Error" | "Panic";
  /** What was refused, with values and limits: a sentence. */
  readonly message: string;
}

type Named<N extends ErrorName> = Extract<ErrorItem, { name: N }>;
type Args<N extends ErrorName> = ContractErrorArgs<readonly [Named<N>]>;
type Words = { readonly [N in ErrorName]: (args: Args<N>) => string };

/** A new error in the ABIs has no words here and so fails the type check. */
const words = {
  // Pool
  NotAPool: () => "This address is the code all pools share, not a pool.",
  Unauthorized: ([caller, expected]) => `Only ${expected} may do this; the caller was ${caller}.`,
  RoundOutOfRange: ([round, rounds]) => `There is no round ${round}: the pool has rounds 0 to ${rounds - 1n}.`,
  WrongState: ([round, state, deadline]) => {
    const until = deadline === 0n ? "for good" : `until ${moment(deadline)}`;
    return `Round ${round} is ${ROUND_STATES[state] ?? `in state ${state}`} ${until}, which does not allow this.`;
  },
  EnrolmentClosed: ([time, deadline]) =>
    `The list of providers has been fixed since ${moment(deadline)}; it is ${moment(time)} now.`,
  BadBatchLength: ([given, limit]) =>
    `A batch of ${given} bytes is no list of providers: it takes a multiple of 24 bytes, from 24 to ${limit}.`,
  LastBatchNotFull: ([enrolled, batch]) =>
    `No more providers can be added behind a batch that was not full: ${enrolled} are enrolled, in batches of ${batch}.`,
  TooManyProviders: ([count, limit]) => `${count} providers are too many: this pool takes at most ${limit}.`,
  ProviderOutOfOrder: ([index, account, previous]) =>
    `Provider ${index} (${account}) does not come after ${previous}: addresses must ascend and none may appear twice.`,
  BadProvider: ([index, account, weight]) =>
    weight === 0n
      ? `Provider ${index} (${account}) has a weight of 0; it must be at least 1.`
      : `Provider ${index} is the pool itself (${account}).`,
  IndexOutOfRange: ([index, count]) =>
    `There is no provider at index ${index}, or not enough from there: there are ${count}.`,
  BadAccount: ([account]) =>
    `${account} cannot receive money or be credited: it is the zero address or the pool itself.`,
  ZeroAmount: () => "The amount, or the number of rounds or providers, is 0; it must be at least 1.",
  WrongAmountReceived: ([received, expected]) =>
    `The token moved ${received} base units instead of ${expected}: tokens that take a fee cannot be used.`,
  ContributionTooSmall: ([requested, available]) =>
    `${requested} base units are more than the contribution of ${available} to this round.`,
  BadEvidenceRoot: ([root]) =>
    BigInt(root) === 0n
      ? "The evidence root is zero; scores need one."
      : `The evidence root is ${root}; it must be zero where no scores are given.`,
  BadVectorLength: ([given, expected]) =>
    expected === 0n
      ? `${given} bytes of scores were given with a ruling that takes none.`
      : `The scores have ${given} bytes; the providers of this pool need ${expected}.`,
  BadScore: ([index, score, units, weight]) =>
    score > BigInt(MAX_SCORE) && score !== BigInt(ABSTAINED)
      ? `Provider ${index} has a score of ${score}; it must be 0 to ${MAX_SCORE}, or ${ABSTAINED} for abstained.`
      : score === BigInt(ABSTAINED)
        ? `Provider ${index} has ${units} units although it was not judged; it must have 0.`
        : `Provider ${index} has ${units} units; in this pool it may have at most its weight of ${weight}.`,
  BadSignature: ([signer, digest]) => `The signature over ${digest} is not one of ${signer}.`,
  SignatureExpired: ([time, deadline]) =>
    `The signature was good until ${moment(deadline)}; it is ${moment(time)} now.`,
  NoArbiter: () => "This pool has no arbiter, so nothing can be challenged.",
  NothingToVoid: ([round]) => `Round ${round} has no assessment to void: it counts as silence already.`,
  AlreadyClaimed: ([round, index]) => `Provider ${index} has been paid for round ${round} already.`,
  NothingToPay: ([round]) => `Round ${round} owes nothing here, or it has been paid already.`,
  InsufficientGas: ([left, needed]) =>
    `Only ${left} gas was left for the next transfer, which needs ${needed}: allow more gas or pay fewer providers at once.`,

  // Factory
  TermOutOfRange: ([term, value, min, max]) =>
    min === max ? `${term} is ${value}; it must be ${min}.` : `${term} is ${value}; it must be ${min} to ${max}.`,
  TermNotAnAccount: ([term, account]) =>
    term === "token"
      ? `token is ${account}, where there is no contract; it must be a token.`
      : `${term} is ${account}; it must be an account.`,
  BadKnot: ([index, x, y]) =>
    `Knot ${index} of the payout curve, (${x}, ${y}), lies below the knot before it or above ${MAX_SCORE}.`,
  CloneArgumentsTooLong: () => "The terms are too long for a pool's code.",
  Create2EmptyBytecode: () => "There was no code to make a pool from.",
  FailedDeployment: () => "Making the contract failed.",
  InsufficientBalance: ([balance, needed]) => `The contract has ${balance} wei; ${needed} are needed.`,

  // Quorum
  MultiSignerERC7913AlreadyExists: ([signer]) => `The signer ${signer} is in the quorum already.`,
  MultiSignerERC7913InvalidSigner: ([signer]) => `The signer ${signer} is too short: it must have at least 20 bytes.`,
  MultiSignerERC7913NonexistentSigner: ([signer]) => `The signer ${signer} is not in the quorum.`,
  MultiSignerERC7913UnreachableThreshold: ([signers, threshold]) =>
    `A quorum of ${signers} signers cannot reach a threshold of ${threshold}.`,
  VerifierWithoutCode: ([signer]) => `The signer ${signer} names a verifier where there is no contract.`,
  MultiSignerERC7913ZeroThreshold: () => "The threshold of a quorum is 0; it must be at least 1.",

  // What they are built on
  DeploymentFailed: () => "Storing providers or scores as code failed, most likely for lack of gas: allow more.",
  AddressEmptyCode: ([target]) => `There is no contract at ${target}.`,
  FailedCall: () => "A call within the transaction failed without saying why.",
  ReentrancyGuardReentrantCall: () => "The pool was called again from within its own call, which it refuses.",
  SafeCastOverflowedUintDowncast: ([bits, value]) => `${value} is too large: it must be below 2^${bits}.`,
  SafeERC20FailedOperation: ([token]) => `The token ${token} refused the transfer.`,
  InvalidShortString: () => "A short text in the contract is malformed.",
  StringTooLong: ([text]) => `The text "${text}" is too long: at most 31 bytes fit.`,

  // Token
  ECDSAInvalidSignature: () => "The signature is malformed.",
  ECDSAInvalidSignatureLength: ([length]) => `The signature has ${length} bytes; it must have 65.`,
  ECDSAInvalidSignatureS: ([s]) => `The signature is not in its one valid form: its s is ${s}, in the upper half.`,
  ERC20InsufficientAllowance: ([spender, allowance, needed]) =>
    `${spender} may spend ${allowance} base units of the token; ${needed} are needed. Approve more first.`,
  ERC20InsufficientBalance: ([sender, balance, needed]) =>
    `${sender} has ${balance} base units of the token; ${needed} are needed.`,
  ERC20InvalidApprover: ([approver]) => `${approver} cannot approve spending of the token.`,
  ERC20InvalidReceiver: ([receiver]) => `${receiver} cannot receive the token.`,
  ERC20InvalidSender: ([sender]) => `${sender} cannot send the token.`,
  ERC20InvalidSpender: ([spender]) => `${spender} cannot be approved to spend the token.`,
  ERC2612ExpiredSignature: ([deadline]) => `The permit was good until ${moment(deadline)}.`,
  ERC2612InvalidSigner: ([signer, owner]) => `The permit was signed by ${signer}, not by the owner ${owner}.`,
  ERC3009InvalidAuthorizationTime: ([after, before]) =>
    `The authorization is good only after ${moment(after)} and before ${moment(before)}.`,
  ERC3009InvalidSignature: () =>
    "The authorization was not signed by its payer, or for another amount, pool, round or buyer.",
  ERC3009UsedAuthorization: ([authorizer, nonce]) =>
    `The authorization ${nonce} of ${authorizer} has been used or cancelled.`,
  InvalidAccountNonce: ([account, current]) => `The nonce is not the next one of ${account}, which is ${current}.`,
} satisfies Words;

/** Selector of `Error(string)` and `Panic(uint256)`. */
const BUILT_IN = [
  { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] },
  { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
] as const;

/** What the compiler's checks mean; others do not occur in these contracts. */
const PANICS: Readonly<Record<number, string>> = {
  0x01: "an assertion failed",
  0x11: "a number left its range",
  0x12: "a division by zero",
  0x21: "a number that is no choice of an enum",
  0x22: "a malformed byte array in storage",
  0x32: "an index outside its list",
  0x41: "too much memory",
  0x51: "a call to nothing",
};

/**
 * Why a call was refused, in words.
 * @param error raw revert data, or anything thrown that carries such data: by viem, ethers or a JSON-RPC provider
 * @returns `null` where it carries no revert data, or of an error that is not known here
 */
export function explainRevert(error: unknown): Explanation | null {
  const data = revertData(error, 0);
  if (data === null) return null;
  try {
    const { errorName, args } = decodeErrorResult({ abi: errorsAbi, data });
    return { name: errorName, message: sentence(errorName, args) };
  } catch {
    return builtIn(data);
  }
}

/** The words of an error whose arguments came from decoding its own ABI item. */
function sentence(name: ErrorName, args: readonly unknown[]): string {
  return (words[name] as (args: readonly unknown[]) => string)(args);
}

function builtIn(data: Hex): Explanation | null {
  try {
    const decoded = decodeErrorResult({ abi: BUILT_IN, data });
    if (decoded.errorName === "Error") return { name: "Error", message: decoded.args[0] };
    const [code] = decoded.args;
    const meaning = PANICS[Number(code)] ?? "an internal check failed";
    return { name: "Panic", message: `The contract stopped at ${meaning} (panic 0x${code.toString(16)}).` };
  } catch {
    return null;
  }
}

/** Where libraries keep revert data, or the error that has it. */
const PLACES = ["raw", "data", "cause", "error", "info", "originalError", "revert"] as const;
const DEPTH = 12;

function revertData(error: unknown, depth: number): Hex | null {
  if (typeof error === "string") return isHex(error, { strict: true }) && size(error) >= 4 ? error : null;
  if (typeof error !== "object" || error === null || depth > DEPTH) return null;
  const found = PLACES.map((place) => revertData((error as Record<string, unknown>)[place], depth + 1));
  return found.find((data) => data !== null) ?? null;
}
