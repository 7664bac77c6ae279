import { expect } from "chai";
import { slice } from "viem";
import type { Cosignature, Report } from "../../oracle/domain/bundle.ts";
import { evidenceFile } from "../../oracle/domain/evidence.ts";
import type { CosignResponse } from "../../oracle/domain/messages.ts";
import { agree } from "../../scripts/season/agreement.ts";
import type { RemoteNode } from "../../scripts/season/nodes.ts";
import { lower, oracleNodes } from "../domain/season/oracle.ts";
import { assessedRound, nodeOver, type AssessedRound } from "../roles/node-fixture.ts";

/** Ways of the third node to spoil what the two others agree on. */
interface Spoiler {
  readonly report?: (report: Report) => Report | Promise<Report>;
  readonly cosign?: (answer: CosignResponse) => CosignResponse | Promise<CosignResponse>;
}

describe("agreement of three nodes of which one is bad", () => {
  let given: AssessedRound;
  before(async () => {
    given = await assessedRound();
  });

  function nodes(spoiler: Spoiler): RemoteNode[] {
    return oracleNodes().map(({ address }, place) => {
      const node = nodeOver(given.facts, place);
      const spoils = place === 2 ? spoiler : {};
      return {
        address: lower(address),
        report: async (request) => {
          const report = await node.report(request);
          return spoils.report === undefined ? report : spoils.report(report);
        },
        cosign: async (request) => {
          const answer = await node.cosign(request);
          return spoils.cosign === undefined ? answer : spoils.cosign(answer);
        },
        seal: (request): Promise<Cosignature> => node.seal(request),
      };
    });
  }

  async function assess(spoiler: Spoiler) {
    const { pool, round, spec, evidence } = given.request;
    const files = evidence.map(evidenceFile);
    return agree({ chainId: given.facts.chainId, pool, round, spec, files }, nodes(spoiler));
  }

  const garbage = `0x${"11".repeat(64)}1b` as const;
  const reporting: Record<string, NonNullable<Spoiler["report"]>> = {
    "signs nothing": (report) => ({ ...report, signature: garbage }),
    "answers as another node": (report) => ({ ...report, node: lower(oracleNodes()[0]!.address) }),
    "answers as a stranger": (report) => ({ ...report, node: `0x${"ab".repeat(20)}` }),
    "leaves providers out": (report) => ({ ...report, vector: slice(report.vector, 0, 6) }),
    "sends no vector at all": (report) => ({ ...report, vector: "0x" }),
    fails: () => Promise.reject(new Error("gone")),
  };
  for (const [what, report] of Object.entries(reporting)) {
    it(`settles on the result of the two others where it ${what} when it reports`, async () => {
      const bundle = await assess({ report });
      expect(bundle.aggregate).to.equal(given.bundle.aggregate);
      expect(bundle.reports.map(({ node }) => node)).to.deep.equal(
        oracleNodes()
          .slice(0, 2)
          .map(({ address }) => lower(address)),
      );
    });
  }

  const signing: Record<string, NonNullable<Spoiler["cosign"]>> = {
    "signs nothing": (answer) => ({ ...answer, signature: garbage }),
    "answers as another node": (answer) => ({ ...answer, node: lower(oracleNodes()[1]!.address) }),
    "signs another vector": (answer) => ({ ...answer, vector: `0x${"00".repeat(answer.vector.length / 2 - 1)}` }),
    fails: () => Promise.reject(new Error("gone")),
  };
  for (const [what, cosign] of Object.entries(signing)) {
    it(`keeps only the two others' signatures where it ${what} when it co-signs`, async () => {
      const bundle = await assess({ cosign });
      expect(bundle.reports).to.have.length(3);
      expect(bundle.signatures.map(({ node }) => node)).to.deep.equal(
        oracleNodes()
          .slice(0, 2)
          .map(({ address }) => lower(address)),
      );
    });
  }

  it("gives up where two of three fail", async () => {
    const { pool, round, spec, evidence } = given.request;
    const all = nodes({}).map((node, i) =>
      i === 0 ? node : { ...node, cosign: () => Promise.reject(new Error("no")) },
    );
    const order = { chainId: given.facts.chainId, pool, round, spec, files: evidence.map(evidenceFile) };
    const message = await agree(order, all).then(
      () => "agreed",
      (error: unknown) => String(error),
    );
    expect(message).to.contain("1 nodes agree, a quorum is 2");
  });
});
