import { expect } from "chai";
import { concatHex, slice } from "viem";
import { decodeScores, encodeScores } from "../../contracts/protocol/vector.ts";
import { reportData } from "../../oracle/domain/node-report.ts";
import type { Report } from "../../oracle/domain/bundle.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import type { CosignRequest } from "../../oracle/domain/messages.ts";
import { RESULT_FILE, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { Refusal } from "../../oracle/roles/assessor.ts";
import { accountNamed, lower, oracleNodes, sign } from "../domain/season/oracle.ts";
import { assessedRound, nodeOver, type AssessedRound } from "./node-fixture.ts";

/** The reason a node gives for not doing it. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error("the node did not refuse");
}

describe("an oracle node", () => {
  let given: AssessedRound;
  before(async () => {
    given = await assessedRound();
  });

  describe("asked for a report", () => {
    it("signs its own vector, bit for bit what another machine with its key says", async () => {
      const report = await nodeOver(given.facts).report(given.request);
      expect(report).to.deep.equal(given.bundle.reports.find(({ node }) => node === report.node));
    });

    it("refuses a spec that is not the pool's", async () => {
      const spec = { ...given.request.spec, title: "Another" };
      expect(await refusal(nodeOver(given.facts).report({ ...given.request, spec }))).to.equal("other-spec");
    });

    for (const term of ["defaultRate", "fullPayBar"] as const) {
      it(`refuses a pool whose ${term} is not the spec's`, async () => {
        const terms = { ...given.facts.terms, [term]: given.facts.terms[term] - 1 };
        expect(await refusal(nodeOver({ ...given.facts, terms }).report(given.request))).to.equal("other-payment");
      });
    }

    it("refuses a pool with another curve, or with none", async () => {
      for (const curve of [[], [{ x: 1, y: 2 }]]) {
        const terms = { ...given.facts.terms, curve };
        expect(await refusal(nodeOver({ ...given.facts, terms }).report(given.request))).to.equal("other-payment");
      }
    });

    it("refuses a pool with another quorum or another node in it", async () => {
      const { oracle } = given.facts;
      const others = [
        { ...oracle, threshold: 3 },
        { ...oracle, signers: [lower(accountNamed("stranger").address), ...oracle.signers.slice(1)] },
      ];
      for (const other of others) {
        expect(await refusal(nodeOver({ ...given.facts, oracle: other }).report(given.request))).to.equal(
          "other-oracle",
        );
      }
    });

    it("refuses a pool whose providers are others, in another order, of another weight or number", async () => {
      const { providers } = given.facts;
      const [first, second, rest] = [slice(providers, 0, 24), slice(providers, 24, 48), slice(providers, 48)];
      const lists = [
        concatHex([second, first, rest]),
        concatHex([slice(first, 0, 20), "0x00000001", second, rest]),
        concatHex(["0x0000000000000000000000000000000000000001", slice(first, 20), second, rest]),
        concatHex([first, second]),
      ];
      for (const list of lists) {
        expect(await refusal(nodeOver({ ...given.facts, providers: list }).report(given.request))).to.equal(
          "other-roster",
        );
      }
    });

    it("refuses a round that cannot be assessed now", async () => {
      const facts = { ...given.facts, assessable: false };
      expect(await refusal(nodeOver(facts).report(given.request))).to.equal("not-assessable");
    });

    it("signs over one evidence root a round, again if asked again", async () => {
      const node = nodeOver(given.facts);
      const first = await node.report(given.request);
      const [item, ...rest] = given.request.evidence;
      const evidence = [{ ...item!, salt: `0x${"5a".repeat(32)}` as const }, ...rest];
      expect(await refusal(node.report({ ...given.request, evidence }))).to.equal("other-evidence");
      expect(await node.report(given.request)).to.deep.equal(first);
      const reports = given.bundle.reports;
      expect(await refusal(node.cosign({ ...given.request, evidence, reports }))).to.equal("other-evidence");
    });
  });

  describe("asked to co-sign", () => {
    const cosign = (change: Partial<CosignRequest>) =>
      nodeOver(given.facts).cosign({ ...given.cosignRequest, ...change });

    /** A report by a node over the round's evidence, whatever it says. */
    async function reportBy(place: number, vector: Report["vector"]): Promise<Report> {
      const node = oracleNodes()[place]!;
      const asked = { ...given.request, chainId: given.facts.chainId };
      return { node: lower(node.address), vector, signature: await sign(node, reportData(asked, vector)) };
    }

    it("signs what the reports amount to, a liar's among them", async () => {
      expect(given.bundle.deviations).to.have.length.greaterThan(0);
      const { node, vector, signature } = await cosign({});
      expect(vector).to.equal(given.bundle.aggregate);
      expect(given.bundle.signatures).to.deep.include({ node, signature });
    });

    it("refuses reports of strangers, twice the same node, another order, fewer than a quorum", async () => {
      const [one, two, three] = given.bundle.reports as [Report, Report, Report];
      const stranger = { ...three, node: lower(accountNamed("stranger").address) };
      for (const reports of [[one, stranger], [one, one, two], [two, one], [one]]) {
        expect(await refusal(cosign({ reports }))).to.equal("bad-nodes");
      }
    });

    it("refuses a report that its node did not sign, or not so", async () => {
      const [one, two] = given.bundle.reports as [Report, Report];
      const unrecoverable = `0x${"ff".repeat(32)}${"01".padStart(64, "0")}1b` as const;
      const wrong = [
        { ...two, signature: one.signature },
        { ...two, signature: unrecoverable },
        { ...two, vector: slice(two.vector, 0, 6) },
        { ...two, vector: concatHex([two.vector, "0x00"]) },
      ];
      for (const report of wrong) expect(await refusal(cosign({ reports: [one, report] }))).to.equal("bad-report");
    });

    it("refuses to sign what a false majority amounts to", async () => {
      const truth = decodeScores(given.bundle.aggregate, true);
      const lie = encodeScores([{ ...truth[0]!, units: truth[0]!.units - 1n }, ...truth.slice(1)], true);
      const reports = [given.bundle.reports[0]!, await reportBy(1, lie), await reportBy(2, lie)];
      expect(await refusal(cosign({ reports }))).to.equal("outvoted");
    });
  });

  describe("asked to seal", () => {
    const texts = (change: Record<string, string> = {}) => {
      const open = [...given.season.files].filter(([name]) => name !== SEAL_FILE);
      return { ...Object.fromEntries(open.map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])), ...change };
    };
    const sealer = (chain = given.season.chain) =>
      nodeOver(given.facts, 0, { exportPool: () => Promise.resolve(chain) });

    it("signs files it has compared with the chain and audited", async () => {
      const { node, signature } = await sealer().seal({ pool: given.bundle.pool, files: texts() });
      const seal = JSON.parse(new TextDecoder().decode(given.season.files.get(SEAL_FILE))) as { signatures: unknown[] };
      expect(seal.signatures).to.deep.include({ node, signature });
    });

    it("refuses files without a chain export", async () => {
      expect(await refusal(sealer().seal({ pool: given.bundle.pool, files: {} }))).to.equal("incomplete");
    });

    it("refuses a chain export that is not what it reads", async () => {
      const other = { ...given.season.chain, balance: "12345" };
      expect(await refusal(sealer(other).seal({ pool: given.bundle.pool, files: texts() }))).to.equal("not-on-chain");
    });

    it("refuses files that do not pass the audit", async () => {
      const result = JSON.parse(texts()[RESULT_FILE]!) as { rounds: { dust: string }[] };
      result.rounds[0]!.dust = String(BigInt(result.rounds[0]!.dust) + 1n);
      const files = texts({ [RESULT_FILE]: new TextDecoder().decode(documentBytes(result)) });
      expect(await refusal(sealer().seal({ pool: given.bundle.pool, files }))).to.equal("audit-failed");
    });
  });
});
