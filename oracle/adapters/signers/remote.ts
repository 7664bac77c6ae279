import { TypedDataEncoder, type TypedDataDomain, type TypedDataField } from "ethers";
import {
  concat,
  keccak256,
  parseSignature,
  recoverAddress,
  serializeSignature,
  serializeTransaction,
  toPrefixedMessage,
  type Address,
  type Hex,
  type LocalAccount,
  type Signature,
  type TypedDataDefinition,
} from "viem";
import { publicKeyToAddress, toAccount } from "viem/accounts";
import { SignerError } from "./signer-error.ts";

const TIMEOUT_MS = 10_000;
const SIGNATURE = /^0x[0-9a-fA-F]{128}(?:00|01|1b|1c|1B|1C)$/;

/**
 * A key at a remote signer that speaks Web3Signer's ETH1 API: it signs the Keccak-256 hash of the bytes it is given, so it gets what
 * EIP-712, EIP-191 or a transaction hash, and every answer is checked against the key before it is used.
 * @param publicKey uncompressed, with or without its leading 04
 * @see https://consensys.github.io/web3signer/web3signer-eth1.html
 */
export function remoteAccount(url: string, publicKey: Hex): LocalAccount {
  const point = publicKey.length === 132 ? publicKey : concat(["0x04", publicKey]);
  const address = publicKeyToAddress(point);
  const endpoint = `${url.replace(/\/$/, "")}/api/v1/eth1/sign/0x${point.slice(4)}`;

  async function sign(data: Hex): Promise<Signature> {
    const answer = await ask(endpoint, data);
    if (!SIGNATURE.test(answer)) throw new SignerError("the remote signer did not answer with a signature of 65 bytes");
    const signature = await signatureBy(address, keccak256(data), answer as Hex);
    if (signature === null) throw new SignerError(`the remote signer did not sign with the key of ${address}`);
    return signature;
  }

  return toAccount({
    address,
    signMessage: async ({ message }) => serializeSignature(await sign(toPrefixedMessage(message))),
    signTypedData: async (data) =>
      serializeSignature(await sign(typedDataBytes(data as unknown as TypedDataDefinition))),
    signTransaction: async (transaction, options) => {
      const serialize = options?.serializer ?? serializeTransaction;
      // The hash that is signed leaves out what blobs carry beside the transaction.
      const unsigned = await serialize(
        transaction.type === "eip4844" ? { ...transaction, sidecars: false } : transaction,
      );
      return serialize(transaction, await sign(unsigned));
    },
  });
}

/** The signature, if it is by the account over the hash; else `null`. */
async function signatureBy(address: Address, hash: Hex, text: Hex): Promise<Signature | null> {
  try {
    const signature = parseSignature(text);
    return (await recoverAddress({ hash, signature })) === address ? signature : null;
  } catch {
    return null;
  }
}

async function ask(endpoint: string, data: Hex): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data }),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => null);
  if (response === null) throw new SignerError(`the remote signer does not answer within ${TIMEOUT_MS} ms`);
  if (response.status === 404) throw new SignerError("the remote signer does not hold this key");
  if (!response.ok) throw new SignerError(`the remote signer answers with status ${response.status}`);
  return (await response.text()).trim();
}

/** What EIP-712 hashes: 0x1901, the domain separator, the hash of the message. */
function typedDataBytes({ domain, types, message }: TypedDataDefinition): Hex {
  const own = Object.fromEntries(Object.entries(types).filter(([name]) => name !== "EIP712Domain"));
  return TypedDataEncoder.encode(
    (domain ?? {}) as TypedDataDomain,
    own as Record<string, TypedDataField[]>,
    message,
  ) as Hex;
}
