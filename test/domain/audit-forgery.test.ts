import { unpackTerms } from "../../contracts/protocol/terms.ts";
import { expect } from "chai";
import { stringToBytes } from "viem";
import { audit } from "../../oracle/domain/audit/audit.ts";
import { bundleFile } from "../../oracle/domain/bundle.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { fileHashes, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { summaryFile } from "./season/evidence.ts";
import { expectFailure, failures, textOf, unsealed } from "./season/expect.ts";
import { draftOf, filesOf, forge } from "./season/forge.ts";
import { FORGERIES, ONLY_SEALED } from "./season/forgeries.ts";
import { lower, makeBundle, oracleNodes, seal } from "./season/oracle.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

describe("audit of forgeries with every hash recomputed", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  it("leaves a draft as it was where nothing is changed", async () => {
    const files = forge(draftOf(all.engine));
    for (const [name, bytes] of all.engine.files) expect(textOf(files, name)).to.equal(new TextDecoder().decode(bytes));
    expect(failures(await audit(files))).to.deep.equal([]);
  });

  it("are at least thirty", () => {
    expect(FORGERIES.length).to.be.at.least(30);
  });

  for (const [what, change] of FORGERIES) {
    const alone = ONLY_SEALED.has(what);
    it(`fails for ${what}${alone ? ", by the seal alone" : ""}`, async () => {
      const draft = draftOf(all.engine);
      change(draft);
      const files = forge(draft);
      expect([...files.values()]).to.not.deep.equal([...all.engine.files.values()]);
      expect(failures(await audit(files)).join("\n")).to.contain("seal.signature @ seal.json signatures[0]");
      expect((await audit(unsealed(files), { unsealed: true })).ok).to.equal(alone);
    });
  }

  it("passes another pool with its own oracle, unless the pool is pinned", async () => {
    const nodes = oracleNodes("forger");
    const { chain, spec } = all.sla;
    const signers = nodes.map(({ address }) => lower(address));
    const draft = draftOf(all.sla);
    const forged = { ...spec, oracle: { ...spec.oracle, signers } };
    draft.chain.oracle.signers = signers;
    draft.bundles[0]!.spec = forged;
    forge(draft);
    const { pool } = draft.chain;
    const terms = unpackTerms(chain.terms);
    const order = {
      chainId: chain.chainId,
      pool,
      round: 0,
      spec: forged,
      terms,
      files: [summaryFile()],
      nodes,
      liars: 0,
    };
    draft.bundles = [await makeBundle(order)];
    const files = await seal(unsealed(forge(draft)), chain.chainId, pool, nodes);
    expect(failures(await audit(files))).to.deep.equal([]);
    const pinned = await audit(files, { pool: chain.pool });
    expect(failures(pinned).map((line) => line.split(":")[0])).to.deep.equal(["pool.pinned @ chain.json pool"]);
  });

  it("refuses files a quorum sealed that do not hang together", async () => {
    const draft = draftOf(all.sla);
    draft.chain.rounds[0]!.payouts[0]!.amount = "1";
    const { chainId, pool } = draft.chain;
    const files = await seal(unsealed(filesOf(draft)), chainId, pool, oracleNodes());
    await expectFailure(files, "payout.amount", "chain.json rounds[0].payouts[0]", 'amount is "1"');
  });

  it("refuses a false assessment over the right evidence, which all nodes signed and the pool accepted", async () => {
    const { chain, files, bundles } = all.lied;
    // Nothing but judging the evidence again can tell, not even where the chain is read again.
    const report = await audit(files, { pool: chain.pool, live: { chain } });
    expect(failures(report)).to.deep.equal([
      "bundle.truth @ bundle-0.json aggregate: provider[1].score is 9999, not 10000",
    ]);
    // All who signed agree, so there is nobody to suspect.
    expect(bundles[0]!.signatures).to.have.length(oracleNodes().length);
    expect(report.deviating).to.deep.equal([]);
  });

  it("refuses a bundle with other evidence than all nodes signed for", async () => {
    const { chain, spec } = all.sla;
    const order = {
      chainId: chain.chainId,
      pool: chain.pool,
      round: 0,
      spec,
      terms: unpackTerms(chain.terms),
      files: [summaryFile()],
      nodes: oracleNodes(),
      liars: 0,
    };
    const bundle = await makeBundle(order);
    const other = await makeBundle({
      ...order,
      files: [
        { ...summaryFile(), bytes: stringToBytes(new TextDecoder().decode(summaryFile().bytes).replace("120", "700")) },
      ],
    });
    const files = new Map([...all.sla.files, [bundleFile(0), documentBytes({ ...other, evidence: bundle.evidence })]]);
    await expectFailure(files, "bundle.truth", "bundle-0.json aggregate", "provider[");
    await expectFailure(files, "bundle.root", "bundle-0.json evidence");
    await expectFailure(files, "bundle.chain", "bundle-0.json");
  });

  it("refuses a seal of too few, of strangers, of one node twice, and over other files", async () => {
    const { files, chain } = all.sla;
    const { chainId, pool } = chain;
    const nodes = oracleNodes();
    const open = unsealed(files);
    expect(failures(await audit(await seal(open, chainId, pool, nodes.slice(1))))).to.deep.equal([]);
    await expectFailure(await seal(open, chainId, pool, nodes.slice(2)), "seal.quorum", SEAL_FILE, "fewer than 2");
    await expectFailure(await seal(open, chainId, pool, oracleNodes("stranger")), "seal.quorum", SEAL_FILE, "no node");
    await expectFailure(await seal(open, chainId, pool, [nodes[0]!, nodes[0]!]), "seal.quorum", SEAL_FILE, "twice");
    await expectFailure(await seal(open, chainId + 1, pool, nodes), "seal.pool", SEAL_FILE);
    const more = await seal(new Map([...open, ["more.json", stringToBytes("{}")]]), chainId, pool, nodes);
    more.delete("more.json");
    await expectFailure(more, "seal.file", SEAL_FILE, "not there");
    expect(Object.keys(fileHashes(files))).to.not.include(SEAL_FILE);
  });
});
