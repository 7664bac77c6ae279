import {
  decodeAbiParameters,
  encodeAbiParameters,
  hashTypedData,
  isHex,
  keccak256,
  size,
  type Address,
  type Hex,
  type TypedDataDefinition,
  type TypedDataDomain,
} from "viem";

/** Name and version in the EIP-712 domain of every pool. */
export const DOMAIN_NAME = "Guerdon";
export const DOMAIN_VERSION = "1";

/**
 * Everything that is signed, by its EIP-712 name. `Assessment` and `ClaimTo` are checked by the pool, `Report`, `Seal`,
 * `Receipts`, `Freeze` and `PeerMessage` by oracle nodes and auditors, all in the pool's domain; `Permit` (ERC-2612) and `ReceiveWithAuthorization` (EIP-3009) are
 * checked by the token, in the token's own domain.
 */
export const TYPES = {
  Assessment: [
    { name: "round", type: "uint32" },
    { name: "evidenceRoot", type: "bytes32" },
    { name: "scores", type: "bytes" },
  ],
  ClaimTo: [
    { name: "rounds", type: "uint32[]" },
    { name: "index", type: "uint256" },
    { name: "to", type: "address" },
    { name: "deadline", type: "uint256" },
  ],
  Report: [
    { name: "round", type: "uint32" },
    { name: "specHash", type: "bytes32" },
    { name: "evidenceRoot", type: "bytes32" },
    { name: "vector", type: "bytes" },
  ],
  Seal: [{ name: "filesHash", type: "bytes32" }],
  Receipts: [{ name: "root", type: "bytes32" }],
  Freeze: [
    { name: "round", type: "uint32" },
    { name: "evidenceRoot", type: "bytes32" },
    { name: "count", type: "uint32" },
    { name: "withheldHash", type: "bytes32" },
    { name: "frozenAt", type: "uint64" },
  ],
  PeerMessage: [
    { name: "version", type: "uint16" },
    { name: "kind", type: "string" },
    { name: "round", type: "uint32" },
    { name: "bodyHash", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
  ReceiveWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
} as const;

/** Name of a type that is signed. */
export type PrimaryType = keyof typeof TYPES;

/** What is signed under a name. */
export type Message<N extends PrimaryType> = TypedDataDefinition<typeof TYPES, N>["message"];

/** Typed data as wallets take it (`eth_signTypedData_v4`, viem's `signTypedData`). */
export interface TypedData<N extends PrimaryType> {
  readonly domain: TypedDataDomain;
  readonly types: Pick<typeof TYPES, N>;
  readonly primaryType: N;
  readonly message: Message<N>;
}

/** One signer's part in a quorum's signature. */
export interface SignerSignature {
  /** ERC-7913: 20 bytes for an account, or a verifier's address and a key. */
  readonly signer: Hex;
  readonly signature: Hex;
}

/** EIP-712 domain of a pool. */
export function poolDomain(chainId: number | bigint, pool: Address) {
  return {
    name: DOMAIN_NAME,
    version: DOMAIN_VERSION,
    chainId: Number(chainId),
    verifyingContract: pool,
  } as const satisfies TypedDataDomain;
}

/** Typed data of one type, ready to be signed. */
export function typedData<N extends PrimaryType>(
  primaryType: N,
  domain: TypedDataDomain,
  message: Message<N>,
): TypedData<N> {
  // The index signature of a mapped type over one name is not seen by the compiler.
  const types = { [primaryType]: TYPES[primaryType] } as unknown as Pick<typeof TYPES, N>;
  return { domain, types, primaryType, message };
}

/**
 * EIP-712 digest of typed data: what a key signs and ERC-1271 is asked about.
 * @throws viem's errors where a value does not fit its type
 */
export function digestOf<N extends PrimaryType>(data: TypedData<N>): Hex {
  return hashTypedData(data as unknown as TypedDataDefinition);
}

/** Digest the oracle of a pool signs to assess a round; `domain` is the pool's. */
export function assessmentDigest(domain: TypedDataDomain, message: Message<"Assessment">): Hex {
  return digestOf(typedData("Assessment", domain, message));
}

/** Digest a provider signs to be paid elsewhere; `domain` is the pool's, `deadline` in Unix seconds, inclusive. */
export function claimToDigest(domain: TypedDataDomain, message: Message<"ClaimTo">): Hex {
  return digestOf(typedData("ClaimTo", domain, message));
}

/** Digest an oracle node signs over its own report of a round; `domain` is the pool's. */
export function reportDigest(domain: TypedDataDomain, message: Message<"Report">): Hex {
  return digestOf(typedData("Report", domain, message));
}

/** Digest of a seal over the files of a season; `domain` is the pool's. */
export function sealDigest(domain: TypedDataDomain, message: Message<"Seal">): Hex {
  return digestOf(typedData("Seal", domain, message));
}

/**
 * Nonce of the EIP-3009 authorization that funds a round: keccak256(abi.encode(uint32 round, address buyer, bytes32 salt)),
 * so that what the payer signs names round and buyer.
 */
export function authorizationNonce(round: number, buyer: Address, salt: Hex): Hex {
  const parameters = [{ type: "uint32" }, { type: "address" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(parameters, [round, buyer, salt]));
}

const QUORUM_SIGNATURE = [{ type: "bytes[]" }, { type: "bytes[]" }] as const;

/**
 * Signature of an `OracleQuorum`: abi.encode(bytes[] signers, bytes[] signatures), signers ascending by keccak256.
 * Whether they are enough, and of the quorum, is for the contract.
 * @throws RangeError where there is none, a signer appears twice, or a signer is shorter than 20 bytes
 */
export function encodeQuorumSignature(parts: readonly SignerSignature[]): Hex {
  if (parts.length === 0) throw new RangeError("a quorum's signature needs at least one signer");
  const keyed = parts.map((part) => ({ ...part, id: signerId(part.signer) }));
  keyed.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const [i, { id, signer }] of keyed.entries()) {
    if (id === keyed[i + 1]?.id) throw new RangeError(`signer ${signer} appears twice`);
  }
  return encodeAbiParameters(QUORUM_SIGNATURE, [keyed.map((k) => k.signer), keyed.map((k) => k.signature)]);
}

/**
 * The parts of a quorum's signature, in its order; inverse of `encodeQuorumSignature`.
 * @throws RangeError where the encoding is another, signers and signatures differ in number, or signers do not ascend
 */
export function decodeQuorumSignature(signature: Hex): SignerSignature[] {
  const parts = decodeParts(signature);
  // One form only: what the contract takes in another encoding could be the same signature with another hash.
  if (encodeQuorumSignature(parts) !== signature.toLowerCase()) {
    throw new RangeError(
      "the quorum's signature is not in its one form: signers ascending by keccak256, nothing besides",
    );
  }
  return parts;
}

function decodeParts(signature: Hex): SignerSignature[] {
  let decoded: readonly [readonly Hex[], readonly Hex[]];
  try {
    decoded = decodeAbiParameters(QUORUM_SIGNATURE, signature);
  } catch (cause) {
    throw new RangeError("the quorum's signature is not abi.encode(bytes[], bytes[])", { cause });
  }
  const [signers, signatures] = decoded;
  if (signers.length !== signatures.length) {
    throw new RangeError(`${signers.length} signers with ${signatures.length} signatures`);
  }
  return signers.map((signer, i) => ({ signer, signature: signatures[i]! }));
}

function signerId(signer: Hex): Hex {
  if (!isHex(signer, { strict: true }) || signer.length % 2 !== 0 || size(signer) < 20) {
    throw new RangeError(`signer ${signer} is not at least 20 bytes in hex`);
  }
  return keccak256(signer);
}
