import { expect } from "chai";
import { exportChain } from "../../oracle/adapters/chain/chain-export.ts";
import { audit } from "../../oracle/domain/audit/audit.ts";
import { vectorOf } from "../../oracle/domain/assess.ts";
import { bundleFile, type Bundle } from "../../oracle/domain/bundle.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { CHAIN_FILE } from "../../oracle/domain/chain-export.ts";
import { resultBytes, seasonResult } from "../../oracle/domain/result.ts";
import { RESULT_FILE } from "../../oracle/domain/seal.ts";
import type { KillPlan } from "../../scripts/faults/kill/killer.ts";
import { managerOf, playAndCheck } from "../../scripts/faults/kill/round.ts";
import { victimOf, type Victim } from "../../scripts/faults/kill/world.ts";
import { startFaultChain } from "../../scripts/faults/support/fault-chain.ts";
import { freePorts, oracleNodes, planNodes, type NodeSet } from "../../scripts/faults/support/node-set.ts";
import type { Played } from "../../scripts/faults/support/round-end.ts";
import { makeSmallPool } from "../../scripts/faults/support/small-pool.ts";
import type { LocalChain } from "../../scripts/season/local-chain.ts";
import { sealFiles } from "../../scripts/season/sealing.ts";
import { serviceAt } from "../../scripts/season/service.ts";
import { startSlowProxy } from "../support/slow-proxy.ts";

/** Of four nodes, n = 3f + 1, the first takes the evidence in. */
const [LIAR, SLOW, KILLED] = [1, 2, 3] as const;
const THRESHOLD = 3;
const DELAY_MS = 2_000;
/** Its commit is out, and nobody has seen what it found. */
const BEFORE_REVEAL: KillPlan = { step: "round/@/message/reveal/self", when: "before", nth: 1 };

describe("four nodes of which one lies, one is slow and one is killed in the middle of a round", function () {
  this.timeout(300_000);
  const killed: number[] = [];
  const crashed: string[] = [];
  let chain: LocalChain;
  let set: NodeSet;
  let victims: readonly Victim[];
  let proxy: { close(): Promise<void> };

  before(async () => {
    chain = await startFaultChain({ signers: oracleNodes(4).map(({ address }) => address), threshold: THRESHOLD });
    const [slowPort = 0] = await freePorts(1);
    set = await planNodes({
      ...{ chain, count: 4 },
      more: (place) => ({ GUERDON_FAULTY: String(place === LIAR) }),
      publicUrl: (place) => (place === SLOW ? `http://127.0.0.1:${slowPort}` : undefined),
    });
    proxy = await startSlowProxy(slowPort, set.nodes[SLOW]!.port, DELAY_MS);
    const events = {
      onStep: () => undefined,
      onKill: (node: number) => void killed.push(node),
      onCrash: (_: number, how: string) => void crashed.push(how),
    };
    victims = set.nodes.map((planned, node) => victimOf(planned, node, events));
    for (const { address } of set.nodes) await chain.provideGas(address);
    await Promise.all(victims.map(({ process }) => process.start()));
  });
  after(async () => {
    await Promise.all(victims.map(({ process }) => process.kill()));
    await proxy.close();
    await chain.stop();
    await set.remove();
  });

  it("settle on what the honest ones found, and an audit says so", async () => {
    const oracle = {
      signers: oracleNodes(4).map(({ address }) => address),
      threshold: THRESHOLD,
      address: chain.quorum,
    };
    const small = await makeSmallPool(chain, { rounds: 1, oracle, title: "Four nodes" });
    const played: Played = { chain, small, nodes: set.nodes, handoverSeconds: 60 };
    victims[KILLED]!.arm([BEFORE_REVEAL]);
    const more = { session: false, page: false };
    const report = await playAndCheck({ ...played, round: 0, client: managerOf(played), more });
    expect(report).to.deep.equal({ end: "settled", duplicates: 0, lost: [], faults: [] });
    expect(killed).to.deep.equal([KILLED]);
    expect(crashed).to.deep.equal([]);

    const [bundle] = (await serviceAt(set.nodes[0]!.url).bundles(small.pool, 0)) as [Bundle];
    const honest = set.nodes.filter((_, node) => node !== LIAR).map(({ address }) => address);
    expect(new Set(bundle.deviations.map(({ node }) => node))).to.deep.equal(new Set([set.nodes[LIAR]!.address]));
    expect(bundle.signatures.map(({ node }) => node)).to.have.members(honest);
    expect(bundle.reports).to.have.length(4);

    const chainExport = await exportChain(chain.client, small.pool, chain.factory);
    const result = seasonResult(chainExport, [bundle]);
    const assessed = chainExport.ledger.flatMap(({ event }) => (event.name === "Assessed" ? [event.scores] : []));
    expect(assessed).to.deep.equal([vectorOf(small.spec, bundle.evidence, 0)]);
    const files = new Map([
      [RESULT_FILE, resultBytes(result)],
      [CHAIN_FILE, documentBytes(chainExport)],
      [bundleFile(0), documentBytes(bundle)],
    ]);
    const sealed = await sealFiles(files, chain.chainId, small.pool, set.nodes);
    const { ok, checks } = await audit(sealed, { pool: small.pool });
    expect(checks.filter((check) => !check.ok)).to.deep.equal([]);
    expect(ok).to.equal(true);
  });
});
