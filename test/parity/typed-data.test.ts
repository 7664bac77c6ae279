import { expect } from "chai";
import { AbiCoder, keccak256 as ethersKeccak, TypedDataEncoder, type TypedDataField } from "ethers";
import fc from "fast-check";
import {
  encodeFunctionData,
  getAddress,
  keccak256,
  parseSignature,
  recoverAddress,
  stringToHex,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { outcomePoolAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import {
  assessmentDigest,
  authorizationNonce,
  claimToDigest,
  decodeQuorumSignature,
  digestOf,
  encodeQuorumSignature,
  poolDomain,
  reportDigest,
  sealDigest,
  typedData,
  TYPES,
  type Message,
  type PrimaryType,
} from "../../contracts/protocol/typed-data.ts";
import { explainRevert } from "../../contracts/protocol/errors.ts";
import { oracle, RUNS, startChain, type Chain } from "./chain.ts";
import { addresses, bytesOf, bytesUpTo, SEED, uint, uintNumber } from "./random.ts";

describe("parity: what is signed", () => {
  let chain: Chain;
  let pool: Address;
  let domain: ReturnType<typeof poolDomain>;
  const other = privateKeyToAccount(`0x${"09".repeat(32)}`);

  before(async () => {
    chain = await startChain();
    const terms: Terms = {
      ...DEFAULT_TERMS,
      token: chain.token,
      oracle: oracle.address,
      manager: chain.accounts[1]!,
      specHash: keccak256("0x01"),
      start: Number(await chain.now()) + 100_000,
      period: 86_400,
      rounds: 520,
    };
    pool = await chain.createPool(terms);
    domain = poolDomain(await chain.client.getChainId(), pool);
    const records = `${oracle.address.toLowerCase()}00000001` as Hex;
    await chain.send(
      chain.accounts[1]!,
      pool,
      encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: [records] }),
    );
  });
  after(() => chain.connection.close());

  it("uses the domain the pool states by ERC-5267", async () => {
    const [fields, name, version, chainId, verifyingContract, salt, extensions] = await chain
      .poolAt(pool)
      .read.eip712Domain();
    expect({ name, version, chainId: Number(chainId), verifyingContract }).to.deep.equal({
      ...domain,
      verifyingContract: getAddress(domain.verifyingContract),
    });
    expect([fields, salt, extensions]).to.deep.equal(["0x0f", `0x${"00".repeat(32)}`, []]);
  });

  it("hashes every type as ethers does", () => {
    const messages = {
      Assessment: fc.record({ round: uintNumber(32), evidenceRoot: bytesOf(32), scores: bytesUpTo(200) }),
      ClaimTo: fc.record({
        rounds: fc.array(uintNumber(32), { maxLength: 9 }),
        index: uint(256),
        to: addresses,
        deadline: uint(256),
      }),
      Report: fc.record({
        round: uintNumber(32),
        specHash: bytesOf(32),
        evidenceRoot: bytesOf(32),
        vector: bytesUpTo(200),
      }),
      Seal: fc.record({ filesHash: bytesOf(32) }),
      Receipts: fc.record({ root: bytesOf(32) }),
      Freeze: fc.record({
        round: uintNumber(32),
        evidenceRoot: bytesOf(32),
        count: uintNumber(32),
        withheldHash: bytesOf(32),
        frozenAt: uint(64),
      }),
      PeerMessage: fc.record({
        version: uintNumber(16),
        kind: fc.string(),
        round: uintNumber(32),
        bodyHash: bytesOf(32),
        deadline: uint(64),
      }),
      Permit: fc.record({
        owner: addresses,
        spender: addresses,
        value: uint(256),
        nonce: uint(256),
        deadline: uint(256),
      }),
      ReceiveWithAuthorization: fc.record({
        from: addresses,
        to: addresses,
        value: uint(256),
        validAfter: uint(256),
        validBefore: uint(256),
        nonce: bytesOf(32),
      }),
    } satisfies { [N in PrimaryType]: fc.Arbitrary<Message<N>> };
    const names = Object.keys(messages) as PrimaryType[];
    for (const name of names) {
      fc.assert(
        fc.property(messages[name], uintNumber(32), addresses, (message, chainId, contract) => {
          const signed = poolDomain(chainId, contract);
          const types = { [name]: TYPES[name] as unknown as TypedDataField[] };
          expect(digestOf(typedData(name, signed, message))).to.equal(TypedDataEncoder.hash(signed, types, message));
        }),
        { seed: SEED, numRuns: 50 * RUNS },
      );
    }
  });

  it("signs the digest that the helper of each type gives", async () => {
    const root = keccak256("0x02");
    const report = { round: 3, specHash: root, evidenceRoot: root, vector: "0x2710" } as const;
    const assessment = { round: 3, evidenceRoot: root, scores: "0x2710" } as const;
    const claim = { rounds: [1, 2], index: 4n, to: pool, deadline: 5n };
    const signatures: [Hex, Hex][] = [
      [assessmentDigest(domain, assessment), await other.signTypedData(typedData("Assessment", domain, assessment))],
      [claimToDigest(domain, claim), await other.signTypedData(typedData("ClaimTo", domain, claim))],
      [reportDigest(domain, report), await other.signTypedData(typedData("Report", domain, report))],
      [
        sealDigest(domain, { filesHash: root }),
        await other.signTypedData(typedData("Seal", domain, { filesHash: root })),
      ],
    ];
    for (const [hash, signature] of signatures) {
      expect(await recoverAddress({ hash, signature })).to.equal(other.address);
    }
    expect(new Set(signatures.map(([hash]) => hash)).size).to.equal(signatures.length);
  });

  it("computes the assessment digest the pool checks", async () => {
    const { start, period } = await chain.poolAt(pool).read.terms();
    await fundRound(0);
    const snapshot = await chain.networkHelpers.takeSnapshot();
    await chain.mineAt(BigInt(start + period));
    const cases = fc.sample(fc.tuple(bytesOf(32), bytesUpTo(64)), { seed: SEED, numRuns: 20 * RUNS });
    for (const [evidenceRoot, scores] of cases) {
      const message = { round: 0, evidenceRoot, scores };
      const signature = await other.signTypedData(typedData("Assessment", domain, message));
      const call = { abi: outcomePoolAbi, functionName: "assess", args: [0, evidenceRoot, scores, signature] } as const;
      const error = await chain.client.simulateContract({ address: pool, ...call }).catch((e: unknown) => e);
      // The pool names the digest it wanted signed.
      expect(explainRevert(error)?.message).to.equal(
        `The signature over ${assessmentDigest(domain, message)} is not one of ${oracle.address}.`,
      );
    }
    await snapshot.restore();
  });

  it("computes the ClaimTo digest the pool checks", async () => {
    const terms = await chain.poolAt(pool).read.terms();
    for (const round of [0, 1, 2, 3]) await fundRound(round);
    const snapshot = await chain.networkHelpers.takeSnapshot();
    const windows = terms.assessmentWindow + terms.challengeWindow;
    await chain.mineAt(BigInt(terms.start + 4 * terms.period + windows));
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 });
    const later = fc.bigInt({ min: 2n ** 48n, max: 2n ** 256n - 1n });
    const cases = fc.sample(fc.tuple(some, addresses, later), { seed: SEED, numRuns: 20 * RUNS });
    for (const [rounds, to, deadline] of cases) {
      const message = { rounds, index: 0n, to, deadline };
      const data = typedData("ClaimTo", domain, message);
      const call = (signature: Hex) =>
        chain.client.simulateContract({
          address: pool,
          abi: outcomePoolAbi,
          functionName: "claimToWithSignature",
          args: [0n, rounds, to, deadline, signature],
        });
      const error = await call(await other.signTypedData(data)).catch((e: unknown) => e);
      expect(explainRevert(error)?.message).to.equal(
        `The signature over ${claimToDigest(domain, message)} is not one of ${oracle.address}.`,
      );
      await call(await oracle.signTypedData(data));
    }
    await snapshot.restore();
  });

  it("computes the authorization nonce as Solidity and ethers do, and the token accepts it", async () => {
    const cases = fc.sample(fc.tuple(uintNumber(32), addresses, bytesOf(32)), { seed: SEED, numRuns: 100 * RUNS });
    for (const [round, buyer, salt] of cases) {
      const coded = AbiCoder.defaultAbiCoder().encode(["uint32", "address", "bytes32"], [round, buyer, salt]);
      expect(authorizationNonce(round, buyer, salt)).to.equal(ethersKeccak(coded));
    }
    const payer = other.address;
    await mint(payer, 10n ** 9n);
    const [, name, version, chainId, verifyingContract] = await chain.tokenAt().read.eip712Domain();
    const tokenDomain = { name, version, chainId, verifyingContract };
    for (const [i, [, buyer, salt]] of cases.slice(0, 10).entries()) {
      const nonce = authorizationNonce(i, buyer, salt);
      const message = { from: payer, to: pool, value: 7n, validAfter: 0n, validBefore: 2n ** 60n, nonce };
      const signature = await other.signTypedData(typedData("ReceiveWithAuthorization", tokenDomain, message));
      const args = [i, buyer, 7n, payer, 0n, 2n ** 60n, salt, parts(signature)] as const;
      const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "fundWithAuthorization", args });
      await chain.send(chain.accounts[2]!, pool, data);
      expect(await chain.poolAt(pool).read.contributionOf([i, buyer])).to.equal(7n);
      expect(await chain.tokenAt().read.authorizationState([payer, nonce])).to.equal(true);
    }
  });

  it("signs a permit the token accepts", async () => {
    const [, name, version, chainId, verifyingContract] = await chain.tokenAt().read.eip712Domain();
    const value = 12_345n;
    const message = { owner: other.address, spender: pool, value, nonce: 0n, deadline: 2n ** 60n };
    const data = typedData("Permit", { name, version, chainId, verifyingContract }, message);
    const { v, r, s } = parts(await other.signTypedData(data));
    const args = [other.address, pool, value, 2n ** 60n, v, r, s] as const;
    const call = encodeFunctionData({ abi: testStablecoinAbi, functionName: "permit", args });
    await chain.send(chain.accounts[2]!, chain.token, call);
    expect(await chain.tokenAt().read.allowance([other.address, pool])).to.equal(value);
  });

  describe("a quorum's signature", () => {
    const keys = Array.from({ length: 7 }, (_, i) =>
      privateKeyToAccount(`0x${(i + 1).toString(16).padStart(64, "0")}`),
    );

    it("is one the contract takes, from any M of N signers in any order, and is read back", async () => {
      const signers = keys.map((key) => key.address);
      const { address } = await chain.connection.viem.deployContract("OracleQuorum", [signers, 3n]);
      const subsets = fc.shuffledSubarray(keys, { minLength: 1 });
      const cases = fc.sample(fc.tuple(subsets, bytesOf(32)), { seed: SEED, numRuns: 25 * RUNS });
      for (const [subset, hash] of cases) {
        const signed = subset.map(async (key) => ({ signer: key.address, signature: await key.sign({ hash }) }));
        const all = await Promise.all(signed);
        const encoded = encodeQuorumSignature(all);
        const answer = await chain.client.readContract({
          address,
          abi: [
            {
              type: "function",
              name: "isValidSignature",
              stateMutability: "view",
              inputs: [{ type: "bytes32" }, { type: "bytes" }],
              outputs: [{ type: "bytes4" }],
            },
          ],
          functionName: "isValidSignature",
          args: [hash, encoded],
        });
        expect(answer).to.equal(subset.length >= 3 ? "0x1626ba7e" : "0xffffffff");
        const [ids, signatures] = AbiCoder.defaultAbiCoder().decode(["bytes[]", "bytes[]"], encoded).toArray();
        expect(decodeQuorumSignature(encoded)).to.deep.equal(
          (ids as Hex[]).map((signer, i) => ({ signer, signature: (signatures as Hex[])[i] })),
        );
        expect(new Set((ids as Hex[]).map((id) => getAddress(id)))).to.deep.equal(
          new Set(subset.map((k) => k.address)),
        );
      }
    });

    it("is refused with nobody, the same signer twice, or too short a signer", () => {
      const one = { signer: keys[0]!.address, signature: "0x01" } as const;
      const same = { signer: keys[0]!.address.toLowerCase() as Hex, signature: "0x02" } as const;
      expect(() => encodeQuorumSignature([])).to.throw(RangeError, "at least one signer");
      expect(() => encodeQuorumSignature([one, same])).to.throw(RangeError, "appears twice");
      expect(() => encodeQuorumSignature([{ ...one, signer: "0x1234" }])).to.throw(RangeError, "at least 20 bytes");
    });

    it("is not read in any other form", () => {
      const two = keys
        .slice(0, 2)
        .map((key) => ({ signer: key.address.toLowerCase() as Hex, signature: "0x01" }) as const);
      const encode = (list: typeof two): Hex => {
        const lists = [list.map((p) => p.signer), list.map((p) => p.signature)];
        return AbiCoder.defaultAbiCoder().encode(["bytes[]", "bytes[]"], lists) as Hex;
      };
      const good = encodeQuorumSignature(two);
      const [wrong] = [encode(two), encode([...two].reverse())].filter((form) => form !== good);
      expect(decodeQuorumSignature(good)).to.have.lengthOf(2);
      expect(() => decodeQuorumSignature(wrong!)).to.throw(RangeError, "not in its one form");
      expect(() => decodeQuorumSignature(`${good}00`)).to.throw(RangeError, "not in its one form");
      expect(() => decodeQuorumSignature(stringToHex("no"))).to.throw(RangeError, "not abi.encode");
      const uneven = AbiCoder.defaultAbiCoder().encode(["bytes[]", "bytes[]"], [[two[0]!.signer], []]) as Hex;
      expect(() => decodeQuorumSignature(uneven)).to.throw(RangeError, "1 signers with 0 signatures");
    });
  });

  async function mint(to: Address, amount: bigint): Promise<void> {
    const data = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [to, amount] });
    await chain.send(chain.accounts[0]!, chain.token, data);
  }

  async function fundRound(round: number): Promise<void> {
    const buyer = chain.accounts[3]!;
    await mint(buyer, 1_000n);
    const approve = encodeFunctionData({ abi: testStablecoinAbi, functionName: "approve", args: [pool, 1_000n] });
    await chain.send(buyer, chain.token, approve);
    const args = [round, buyer, 1_000n] as const;
    await chain.send(buyer, pool, encodeFunctionData({ abi: outcomePoolAbi, functionName: "fund", args }));
  }
});

function parts(signature: Hex): { v: number; r: Hex; s: Hex } {
  const { r, s, yParity } = parseSignature(signature);
  return { v: 27 + yParity, r, s };
}
