import { expect } from "chai";
import fc from "fast-check";
import { encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  receiptHash,
  receiptProblem,
  receiptSchema,
  receiptsData,
  receiptTree,
  type Receipt,
  type Received,
} from "../../oracle/domain/receipt.ts";

const account = privateKeyToAccount(`0x${"7".repeat(64)}`);
const POOL = `0x${"9".repeat(40)}` as const;

const receivedAt = (position: number): Received => ({
  chainId: 31337,
  pool: POOL,
  round: 2,
  position,
  leaf: `0x${position.toString(16).padStart(64, "0")}`,
  source: `key:${position}`,
  receivedAt: 1_700_000_000,
});

async function receipts(count: number): Promise<Receipt[]> {
  const received = Array.from({ length: count }, (_, i) => receivedAt(i + 1));
  const { root, proofs } = receiptTree(received);
  const signature = await account.signTypedData(receiptsData(31337, POOL, root) as never);
  const intake = account.address.toLowerCase() as Hex;
  return received.map((one, i) => ({ format: "guerdon/receipt/1", ...one, intake, proof: proofs[i]!, signature }));
}

describe("A receipt", () => {
  it("has the hash that any ABI encoder gives", () => {
    const types = parseAbiParameters("uint32, uint32, bytes32, string, uint64");
    fc.assert(
      fc.property(fc.nat(519), fc.nat(), fc.string(), fc.maxSafeNat(), (round, position, source, time) => {
        const one = { ...receivedAt(1), round, position, source, receivedAt: time };
        const expected = keccak256(encodeAbiParameters(types, [round, position, one.leaf, source, BigInt(time)]));
        expect(receiptHash(one)).to.equal(expected);
      }),
    );
  });

  for (const count of [1, 2, 3, 64]) {
    it(`holds by itself where ${count} share a signature`, async () => {
      for (const receipt of await receipts(count)) {
        expect(receiptSchema.parse(receipt)).to.deep.equal(receipt);
        expect(await receiptProblem(receipt)).to.equal(null);
      }
    });
  }

  it("does not hold with anything of it changed", async () => {
    const [first, second] = (await receipts(3)) as [Receipt, Receipt];
    const changes: Partial<Receipt>[] = [
      { chainId: 1 },
      { pool: `0x${"8".repeat(40)}` },
      { round: 3 },
      { position: 2 },
      { leaf: second.leaf },
      { source: "key:9" },
      { receivedAt: 1_700_000_001 },
      { intake: POOL },
      { proof: [] },
      { proof: second.proof },
      { proof: [...first.proof, second.leaf] },
      { signature: `0x${"1".repeat(128)}1b` },
    ];
    for (const change of changes) {
      expect(await receiptProblem({ ...first, ...change }), JSON.stringify(change)).to.be.a("string");
    }
  });
});
