import { expect } from "chai";
import { stringToBytes } from "viem";
import { audit } from "../../oracle/domain/audit/audit.ts";
import { CHECKS } from "../../oracle/domain/audit/report.ts";
import { CHAIN_FILE } from "../../oracle/domain/chain-export.ts";
import { RESULT_FILE, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { SPEC_FILE } from "../../oracle/domain/spec.ts";
import { expectFailure, failures, textOf, unsealed } from "./season/expect.ts";
import { lower, oracleNodes } from "./season/oracle.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

/** Checks that only a pinned pool, a chain read again, or one whose factory is known can bring about. */
/** These take an answer of a chain, or a season in which words are judged. */
const NEEDS_MORE: ReadonlySet<string> = new Set([
  "pool.pinned",
  "live.chain",
  "pool.factory",
  "bundle.judgements",
  "bundle.shown",
  "spec.heldOut",
]);

describe("audit of a season", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  for (const name of ["sla", "engine", "contested", "cancelled"] as const) {
    it(`passes the ${name} season`, async () => {
      const report = await audit(all[name].files, { pool: all[name].chain.pool });
      expect(failures(report)).to.deep.equal([]);
      expect(report.ok).to.equal(true);
      expect(report.pool).to.equal(all[name].chain.pool);
    });
  }

  it("returns the recomputed result", async () => {
    const { result } = await audit(all.engine.files);
    expect(result).to.deep.equal(JSON.parse(textOf(all.engine.files, RESULT_FILE)));
  });

  it("names the node that deviated, without failing for it", async () => {
    const report = await audit(all.engine.files);
    const liar = lower(oracleNodes().at(-1)!.address);
    expect(report.deviating).to.deep.equal([{ node: liar, round: 0, providers: 1 }]);
  });

  it("checks everything at least once over the four seasons, but for what takes more than their files", async () => {
    const reports = await Promise.all(
      (["sla", "engine", "contested", "cancelled"] as const).map((name) => audit(all[name].files)),
    );
    const ids = new Set(reports.flatMap(({ checks }) => checks.map(({ id }) => id)));
    const rest = Object.keys(CHECKS).filter((id) => !NEEDS_MORE.has(id));
    expect([...ids].sort()).to.deep.equal(rest.sort());
  });

  it("takes files that are not sealed yet only when told so", async () => {
    const open = unsealed(all.sla.files);
    expect(failures(await audit(open, { unsealed: true }))).to.deep.equal([]);
    await expectFailure(open, "files.complete", SEAL_FILE, "missing");
    expect((await audit(all.sla.files, { unsealed: true })).ok).to.equal(false);
  });

  it("says what it does not prove, less where more was checked", async () => {
    const { chain, files } = all.sla;
    const offline = (await audit(files)).notProven.join(" ");
    expect(offline).to.contain("--pool").and.to.contain("seal").and.to.contain("--rpc").and.to.contain("evidence");
    const live = (await audit(files, { pool: chain.pool, live: { chain } })).notProven.join(" ");
    expect(live).to.contain("endpoint");
    expect(live).to.not.contain("--pool");
  });

  it("compares with the chain read again and with the pool asked for", async () => {
    const { chain, files } = all.sla;
    const live = await audit(files, { live: { chain: { ...chain, balance: "99" } } });
    expect(failures(live)).to.have.length(1);
    expect(failures(live)[0]).to.contain("live.chain @ chain.json").and.to.contain('balance is "');
    const other = await audit(files, { pool: all.engine.chain.pool });
    expect(failures(other)[0]).to.contain("pool.pinned @ chain.json pool");
  });

  for (const name of [CHAIN_FILE, RESULT_FILE, SEAL_FILE, "bundle-0.json", "bundle-1.json"]) {
    it(`misses ${name}`, async () => {
      const files = new Map(all.engine.files);
      files.delete(name);
      await expectFailure(files, "files.complete", name, "missing");
    });
  }

  it("misses the spec of a season without bundles", async () => {
    const files = new Map(all.cancelled.files);
    files.delete(SPEC_FILE);
    await expectFailure(files, "files.complete", SPEC_FILE, "missing");
    await expectFailure(files, "seal.quorum", SEAL_FILE, "no outcome spec");
  });

  it("fails where there is nothing, and where there is too much", async () => {
    expect((await audit(new Map())).ok).to.equal(false);
    for (const name of ["notes.txt", "bundle-2.json", "bundle-00.json", SPEC_FILE, "constructor", "__proto__"]) {
      await expectFailure(
        new Map([...all.engine.files, [name, stringToBytes("{}\n")]]),
        "files.complete",
        name,
        "no such file",
      );
    }
  });
});
