import { expect } from "chai";
import fc from "fast-check";
import {
  bytesToHex,
  getAddress,
  keccak256,
  numberToHex,
  recoverAddress,
  type Hex,
  type TypedDataDefinition,
} from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";
import { digestOf, poolDomain, TYPES, typedData, type PrimaryType } from "../../contracts/protocol/typed-data.ts";
import { fastAccount } from "../../oracle/adapters/signers/fast-account.ts";
import { fastKeccak } from "../../oracle/adapters/signers/fast-keccak.ts";
import { fastKey, fastRecover } from "../../oracle/adapters/signers/fast-secp256k1.ts";
import { SignerError } from "../../oracle/adapters/signers/signer-error.ts";
import { fastDigest } from "../../oracle/domain/digest.ts";
import { signatureProblem, viemRecover } from "../../oracle/domain/signatures.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const runs = (numRuns: number) => ({ numRuns });

const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));
const key = fc.bigInt({ min: 1n, max: ORDER - 1n }).map((number) => numberToHex(number, { size: 32 }));
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytesToHex(bytes));

/** Any value of a field's type. */
function valueOf(type: string): fc.Arbitrary<unknown> {
  if (type.endsWith("[]")) return fc.array(valueOf(type.slice(0, -2)), { maxLength: 4 });
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits !== undefined) {
    const number = fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
    return Number(bits) <= 48 ? number.map(Number) : number;
  }
  switch (type) {
    case "bytes32":
      return word;
    case "address":
      return fc.oneof(
        address,
        address.map((one) => getAddress(one)),
      );
    case "bytes":
      return fc.uint8Array({ maxLength: 700 }).map((bytes) => bytesToHex(bytes));
    case "string":
      return fc.string({ unit: "grapheme" });
    default:
      throw new Error(`no values of type ${type}`);
  }
}

function messageOf(name: PrimaryType): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(TYPES[name].map((field) => [field.name, valueOf(field.type)])));
}

const NAMES = Object.keys(TYPES) as PrimaryType[];
const data = (name: PrimaryType, chainId: number, pool: Hex, message: object) =>
  typedData(name, poolDomain(chainId, pool), message as never);

describe("a fast Keccak-256", () => {
  it("is viem's, at every length about its block", () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255);
      expect(bytesToHex(fastKeccak(bytes))).to.equal(keccak256(bytes));
    }
  });

  it("is viem's on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000, size: "max" }), (bytes) => {
        expect(bytesToHex(fastKeccak(bytes))).to.equal(keccak256(bytes));
      }),
      runs(200),
    );
  });
});

describe("a fast digest", () => {
  for (const name of NAMES) {
    it(`of ${name} is viem's`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 2 ** 48 }), address, messageOf(name), (chainId, pool, message) => {
          const typed = data(name, chainId, pool, message);
          expect(fastDigest(typed)).to.equal(digestOf(typed));
          expect(fastDigest(typed, fastKeccak)).to.equal(digestOf(typed));
        }),
        runs(60),
      );
    });
  }

  const round = { round: 1, evidenceRoot: `0x${"11".repeat(32)}`, scores: "0x0102" };
  const odd: Record<string, object> = {
    "a number too large": { ...round, round: 2 ** 32 },
    "a number below zero": { ...round, round: -1 },
    "half a number": { ...round, round: 0.5 },
    "a short root": { ...round, evidenceRoot: "0x11" },
    "bytes that are no hex": { ...round, scores: "0xzz" },
    "half a byte": { ...round, scores: "0x123" },
    "a missing field": { round: 1, evidenceRoot: round.evidenceRoot },
  };
  for (const [what, message] of Object.entries(odd)) {
    it(`treats ${what} as viem does`, () => {
      const typed = data("Assessment", 1, `0x${"22".repeat(20)}`, message);
      const of = (digest: () => Hex): string => {
        try {
          return digest();
        } catch {
          return "refused";
        }
      };
      expect(of(() => fastDigest(typed))).to.equal(of(() => digestOf(typed)));
    });
  }

  it("keeps the domains of pools and chains apart", () => {
    const pools = [`0x${"01".repeat(20)}`, `0x${"02".repeat(20)}`] as const;
    const digests = [1, 2].flatMap((chainId) =>
      pools.map((pool) => fastDigest(data("Assessment", chainId, pool, round))),
    );
    expect(new Set(digests).size).to.equal(4);
  });
});

describe("a fast key", () => {
  it("signs digests bit for bit as viem does", async () => {
    await fc.assert(
      fc.asyncProperty(key, word, async (privateKey, hash) => {
        expect(await fastAccount(privateKey).sign!({ hash })).to.equal(await sign({ hash, privateKey, to: "hex" }));
      }),
      runs(150),
    );
  });

  it("signs reports, messages and transactions as viem's account does", async () => {
    await fc.assert(
      fc.asyncProperty(key, messageOf("Report"), fc.string(), async (privateKey, report, message) => {
        const [ours, viems] = [fastAccount(privateKey), privateKeyToAccount(privateKey)];
        expect(ours.address).to.equal(viems.address);
        expect(ours.publicKey).to.equal(viems.publicKey);
        const typed = data("Report", 31_337, `0x${"33".repeat(20)}`, report) as unknown as TypedDataDefinition;
        expect(await ours.signTypedData(typed)).to.equal(await viems.signTypedData(typed));
        expect(await ours.signMessage({ message })).to.equal(await viems.signMessage({ message }));
        const transaction = {
          chainId: 1,
          nonce: 7,
          gas: 21_000n,
          maxFeePerGas: 9n,
          to: viems.address,
          value: 5n,
        } as const;
        expect(await ours.signTransaction(transaction)).to.equal(await viems.signTransaction(transaction));
      }),
      runs(20),
    );
  });

  it("signs a foreign type of the same name as it stands, not as ours", async () => {
    const types = { Report: [{ name: "round", type: "uint8" }] };
    const foreign = { domain: { name: "Other" }, types, primaryType: "Report", message: { round: 1 } } as const;
    const privateKey = `0x${"4a".repeat(32)}` as const;
    expect(await fastAccount(privateKey).signTypedData(foreign)).to.equal(
      await privateKeyToAccount(privateKey).signTypedData(foreign),
    );
  });

  it("is refused outside the order, and not told in the error", () => {
    for (const number of [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
      const bad = numberToHex(number, { size: 32 });
      let fault: unknown = null;
      try {
        fastKey(bad);
      } catch (error) {
        fault = error;
      }
      expect(fault).to.be.instanceOf(SignerError);
      expect(String((fault as Error).stack)).not.to.contain(bad.slice(2));
    }
    const short = `0x${"4a".repeat(31)}` as const;
    expect(() => fastKey(short))
      .to.throw(SignerError)
      .with.property("message")
      .that.does.not.contain(short.slice(2));
  });

  it("shows its key nowhere in the account, however it is printed", async () => {
    const canary = `0x${"c4".repeat(32)}` as const;
    const account = fastAccount(canary);
    const { inspect } = await import("node:util");
    const shown = [JSON.stringify(account), inspect(account, { depth: 9, showHidden: true }), String(account.sign)];
    for (const text of shown) expect(text.toLowerCase()).not.to.contain("c4c4c4c4");
  });
});

describe("finding a signer fast", () => {
  const spoiled = fc.record({ at: fc.integer({ min: 0, max: 64 }), by: fc.integer({ min: 0, max: 255 }) });

  it("finds whom viem finds, with any byte of the signature changed", async () => {
    await fc.assert(
      fc.asyncProperty(key, word, spoiled, async (privateKey, hash, { at, by }) => {
        const bytes = Buffer.from((await sign({ hash, privateKey, to: "hex" })).slice(2), "hex");
        bytes[at]! ^= by;
        const signature = bytesToHex(bytes);
        expect(await fastRecover(hash, signature)).to.equal(await viemRecover(hash, signature));
      }),
      runs(100),
    );
  });

  it("finds whom viem finds on the edges", async () => {
    const hash = keccak256("0x01");
    const numbers = [0n, 1n, ORDER / 2n, ORDER / 2n + 1n, ORDER - 1n, ORDER, 2n ** 256n - 1n];
    const halves = numbers.map((number) => numberToHex(number, { size: 32 }));
    for (const r of halves) {
      for (const s of halves) {
        for (const v of ["00", "01", "02", "1a", "1b", "1c", "1d", "25"]) {
          const signature = `${r}${s.slice(2)}${v}` as Hex;
          expect(await fastRecover(hash, signature), signature).to.equal(await viemRecover(hash, signature));
        }
      }
    }
    for (const signature of [
      "0x",
      "0x00",
      `0x${"11".repeat(64)}`,
      `0x${"11".repeat(66)}`,
      `0x${"zz".repeat(65)}`,
    ] as Hex[]) {
      expect(await fastRecover(hash, signature), signature).to.equal(null);
    }
  });

  it("serves signatureProblem", async () => {
    const account = fastAccount(`0x${"4a".repeat(32)}`);
    const hash = keccak256("0x0102");
    const signature = await account.sign!({ hash });
    const node = account.address.toLowerCase() as Hex;
    expect(await recoverAddress({ hash, signature })).to.equal(account.address);
    expect(await signatureProblem(hash, { node, signature }, fastRecover)).to.equal(null);
    const other = `0x${"11".repeat(20)}` as const;
    expect(await signatureProblem(hash, { node: other, signature }, fastRecover)).to.contain("is not by");
  });
});
