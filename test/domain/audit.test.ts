import { expect } from "chai";
import { concatHex, keccak256, numberToHex, slice, stringToBytes, type Hex } from "viem";
import { audit, type AuditReport } from "../../oracle/domain/audit/audit.ts";
import type { CheckId } from "../../oracle/domain/audit/report.ts";
import { bundleFile } from "../../oracle/domain/bundle.ts";
import { canonicalJson, documentBytes } from "../../oracle/domain/canonical.ts";
import { CHAIN_FILE } from "../../oracle/domain/chain-export.ts";
import { fileHashes, RESULT_FILE, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { SPEC_FILE } from "../../oracle/domain/spec.ts";
import { draftOf, eventOf, filesOf, forge, withTransfer, type Draft } from "./season/forge.ts";
import { accountNamed, lower, makeBundle, oracleNodes, seal } from "./season/oracle.ts";
import type { SeasonFixture } from "./season/pool.ts";
import { seasons, type Seasons } from "./season/seasons.ts";
import { summaryFile } from "./season/evidence.ts";

/** Order of the curve: r, n - s and the other v are the same signature in another spelling. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const failures = (report: AuditReport): string[] =>
  report.checks.filter(({ ok }) => !ok).map(({ id, place, detail }) => `${id} @ ${place}: ${detail}`);

const text = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  new TextDecoder().decode(files.get(name));

/** The files with one of them rewritten, its text by a function. */
function rewritten({ files }: SeasonFixture, name: string, change: (text: string) => string): Map<string, Uint8Array> {
  const after = change(text(files, name));
  expect(after, "nothing was changed").to.not.equal(text(files, name));
  return new Map([...files, [name, stringToBytes(after)]]);
}

async function fails(files: ReadonlyMap<string, Uint8Array>, id: CheckId, place: string, words = ""): Promise<void> {
  const report = await audit(files);
  expect(report.ok).to.equal(false);
  const found = report.checks.find((check) => !check.ok && check.id === id && check.place.startsWith(place));
  expect(found, `no ${id} at ${place} among: ${failures(report).join("\n")}`).to.not.equal(undefined);
  expect(found!.detail).to.contain(words);
}

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
    expect(result).to.deep.equal(JSON.parse(text(all.engine.files, RESULT_FILE)));
  });

  it("names the node that deviated, without failing for it", async () => {
    const report = await audit(all.engine.files);
    const liar = lower(oracleNodes().at(-1)!.address);
    expect(report.deviating).to.deep.equal([{ node: liar, round: 0, providers: 1 }]);
  });

  it("checks everything at least once over the four seasons", async () => {
    const reports = await Promise.all(
      (["sla", "engine", "contested", "cancelled"] as const).map((name) => audit(all[name].files)),
    );
    const ids = new Set(reports.flatMap(({ checks }) => checks.map(({ id }) => id)));
    for (const id of ["bundle.truth", "bundle.deviations", "ledger.Ruled", "ledger.Withdrawn", "ledger.ArbiterPaid"]) {
      expect([...ids]).to.include(id);
    }
  });

  it("takes files that are not sealed yet only when told so", async () => {
    const open = new Map(all.sla.files);
    open.delete(SEAL_FILE);
    expect(failures(await audit(open, { unsealed: true }))).to.deep.equal([]);
    await fails(open, "files.complete", SEAL_FILE, "missing");
    expect((await audit(all.sla.files, { unsealed: true })).ok).to.equal(false);
  });

  it("says what it does not prove, less where more was checked", async () => {
    const { chain, files } = all.sla;
    const offline = (await audit(files)).notProven.join(" ");
    expect(offline).to.contain("--pool").and.to.contain("seal").and.to.contain("--rpc").and.to.contain("evidence");
    const live = (await audit(files, { pool: chain.pool, live: { chain } })).notProven.join(" ");
    expect(live).to.not.contain("--pool").and.to.contain("endpoint");
  });

  it("compares with the chain read again and with the pool asked for", async () => {
    const { chain, files } = all.sla;
    const live = await audit(files, { live: { chain: { ...chain, balance: "1" } } });
    expect(failures(live)).to.have.length(1);
    expect(failures(live)[0]).to.contain("live.chain @ chain.json").and.to.contain('balance is "');
    const other = await audit(files, { pool: all.engine.chain.pool });
    expect(failures(other)[0]).to.contain("pool.pinned @ chain.json pool");
  });

  for (const name of [CHAIN_FILE, RESULT_FILE, SEAL_FILE, "bundle-0.json", "bundle-1.json"]) {
    it(`misses ${name}`, async () => {
      const files = new Map(all.engine.files);
      files.delete(name);
      await fails(files, "files.complete", name, "missing");
    });
  }

  it("misses the spec of a season without bundles", async () => {
    const files = new Map(all.cancelled.files);
    files.delete(SPEC_FILE);
    await fails(files, "files.complete", SPEC_FILE, "missing");
    await fails(files, "seal.quorum", SEAL_FILE, "no outcome spec");
  });

  it("fails where there is nothing, and where there is too much", async () => {
    expect((await audit(new Map())).ok).to.equal(false);
    for (const name of ["notes.txt", "bundle-2.json", "bundle-00.json", SPEC_FILE, "constructor", "__proto__"]) {
      await fails(
        new Map([...all.engine.files, [name, stringToBytes("{}\n")]]),
        "files.complete",
        name,
        "no such file",
      );
    }
  });
});

describe("audit of files in another form", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  const cases: [string, string, (text: string) => string][] = [
    ["a space", CHAIN_FILE, (t) => t.replace('{"', '{ "')],
    ["no line break at the end", CHAIN_FILE, (t) => t.trimEnd()],
    ["a second line break", SEAL_FILE, (t) => `${t}\n`],
    ["a carriage return", "bundle-0.json", (t) => t.replace("\n", "\r\n")],
    ["a byte order mark", CHAIN_FILE, (t) => `\uFEFF${t}`],
    ["keys in another order", CHAIN_FILE, (t) => t.replace(/^\{("balance":"\d+"),(.*)\}\n$/, "{$2,$1}\n")],
    ["a key twice", SEAL_FILE, (t) => t.replace('{"chainId"', '{"chainId":1,"chainId"')],
    ["another key", SEAL_FILE, (t) => t.replace("{", '{"a":1,')],
    ["an escaped letter", CHAIN_FILE, (t) => t.replace('"balance"', '"\\u0062alance"')],
    ["a number with a point", SEAL_FILE, (t) => t.replace(/"chainId":(\d+)/, '"chainId":$1.0')],
    ["a number with an exponent", SEAL_FILE, (t) => t.replace(/"chainId":(\d+)/, '"chainId":$1e0')],
    [
      "upper-case hexadecimal",
      "bundle-0.json",
      (t) =>
        t.replace(/"evidenceRoot":"0x[0-9a-f]+/, (m) =>
          m.toUpperCase().replace('"EVIDENCEROOT":"0X', '"evidenceRoot":"0x'),
        ),
    ],
    ["an amount with a leading zero", CHAIN_FILE, (t) => t.replace(/"amount":"/, '"amount":"0')],
    ["a negative amount", CHAIN_FILE, (t) => t.replace(/"amount":"/, '"amount":"-')],
    ["a lone surrogate", "bundle-0.json", (t) => t.replace('"title":"', '"title":"\\ud800')],
    ["a proto key", CHAIN_FILE, (t) => t.replace('"head":{', '"head":{"__proto__":{},')],
    ["an array instead", CHAIN_FILE, () => "[]\n"],
    ["half of it", "bundle-0.json", (t) => t.slice(0, t.length / 2)],
    ["nothing", CHAIN_FILE, () => ""],
  ];
  for (const [what, name, change] of cases) {
    it(`refuses ${what} in ${name}`, async () => {
      const files = rewritten(all.engine, name, change);
      await fails(files, "files.form", name, name);
      // Whoever can seal anything still cannot give a document a second form.
      await fails(
        await seal(without(files), all.engine.chain.chainId, all.engine.chain.pool, oracleNodes()),
        name === SEAL_FILE ? "files.complete" : "files.form",
        name === SEAL_FILE ? "never" : name,
      ).catch((error: unknown) => {
        if (name !== SEAL_FILE) throw error;
      });
    });
  }

  it("refuses bytes that are not UTF-8", async () => {
    const bytes = all.engine.files.get(CHAIN_FILE)!.with(20, 0xff);
    await fails(new Map([...all.engine.files, [CHAIN_FILE, bytes]]), "files.form", CHAIN_FILE, "UTF-8");
  });

  const spellings: [string, (signature: Hex) => Hex][] = [
    ["high s and the other v", (s) => highS(s)],
    ["v 0 or 1", (s) => concatHex([slice(s, 0, 64), numberToHex(Number(slice(s, 64)) - 27, { size: 1 })])],
    ["64 bytes (ERC-2098)", (s) => slice(s, 0, 64)],
    ["a byte more", (s) => concatHex([s, "0x00"])],
  ];
  for (const [what, spell] of spellings) {
    it(`refuses signatures with ${what} in all places`, async () => {
      const places: ((draft: Draft) => { signature: Hex })[] = [
        ({ bundles }) => bundles[0]!.reports[1]!,
        ({ bundles }) => bundles[0]!.signatures[0]!,
        (draft) => draft.seal.signatures[2]!,
      ];
      for (const [i, find] of places.entries()) {
        const draft = draftOf(all.engine);
        const signed = find(draft);
        signed.signature = spell(signed.signature);
        await fails(filesOf(draft), "files.form", i === 2 ? SEAL_FILE : "bundle-0.json", "65 bytes");
      }
    });
  }

  it("refuses a result in another form", async () => {
    const compact = rewritten(all.sla, RESULT_FILE, (t) => `${JSON.stringify(JSON.parse(t))}\n`);
    await fails(compact, "result.recomputed", RESULT_FILE, "another form");
    await fails(
      rewritten(all.sla, RESULT_FILE, () => "{"),
      "result.recomputed",
      RESULT_FILE,
      "not JSON",
    );
    const dust = rewritten(all.sla, RESULT_FILE, (t) => t.replace(/"dust": "/, '"dust": "1'));
    await fails(dust, "result.recomputed", RESULT_FILE, "rounds[0].dust is");
  });
});

describe("audit of forgeries with every hash recomputed", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  it("leaves a draft as it was where nothing is changed", async () => {
    const files = forge(draftOf(all.engine));
    for (const [name, bytes] of all.engine.files) expect(text(files, name)).to.equal(new TextDecoder().decode(bytes));
    expect(failures(await audit(files))).to.deep.equal([]);
  });

  const engine: [string, (draft: Draft) => void][] = [
    ["a contribution with its transfer", (d) => addTo(withTransfer(d, "Funded"), 1n)],
    ["a contribution's buyer", (d) => void (eventOf(d, "Funded").buyer = lower(accountNamed("thief").address))],
    [
      "who paid a contribution",
      (d) => void (withTransfer(d, "Funded").transfer.from = lower(accountNamed("x").address)),
    ],
    ["a contribution's round", (d) => void (eventOf(d, "Funded").round = 2)],
    ["a withdrawal with its transfer", (d) => addTo(withTransfer(d, "Withdrawn"), -1n)],
    [
      "the recipient of a withdrawal",
      (d) => {
        const { event, transfer } = withTransfer(d, "Withdrawn");
        event.to = transfer.to = lower(accountNamed("thief").address);
      },
    ],
    ["the recipient of a claim", (d) => void (lastTransferOf(d, "Claimed").to = lower(accountNamed("thief").address))],
    [
      "the recipient of a refund",
      (d) => void (withTransfer(d, "Refunded").transfer.to = lower(accountNamed("thief").address)),
    ],
    ["a refund with its transfer", (d) => addTo(withTransfer(d, "Refunded"), 1n)],
    ["the fee with its transfer", (d) => addTo(withTransfer(d, "FeePaid"), 1n)],
    ["a donation", (d) => void (donation(d).amount = "14")],
    ["a donation left out", (d) => void (d.chain.ledger = d.chain.ledger.filter(({ event }) => event !== donation(d)))],
    [
      "a payout left out",
      (d) => void (d.chain.ledger = d.chain.ledger.filter(({ event }) => event.name !== "Distributed")),
    ],
    [
      "a refund left out",
      (d) => {
        const { event, transfer } = withTransfer(d, "Refunded");
        d.chain.ledger = d.chain.ledger.filter((entry) => entry.event !== event && entry.event !== transfer);
      },
    ],
    [
      "a refund twice",
      (d) => {
        const at = d.chain.ledger.findIndex(({ event }) => event.name === "Refunded");
        const again = structuredClone(d.chain.ledger.slice(at, at + 2));
        d.chain.ledger.push(
          ...again
            .map((entry, i) => ({
              ...entry,
              ...d.chain.head,
              block: d.chain.head.number,
              tx: `0x${"ee".repeat(32)}` as const,
              log: 100 + i,
            }))
            .map(({ block, time, tx, log, event }) => ({ block, time, tx, log, event })),
        );
      },
    ],
    ["a report's vector", (d) => void (d.bundles[0]!.reports[0]!.vector = bumped(d.bundles[0]!.reports[0]!.vector))],
    [
      "the vectors of all reports",
      (d) => {
        for (const report of d.bundles[1]!.reports) report.vector = bumped(report.vector);
      },
    ],
    ["the ruling's vector", (d) => void (eventOf(d, "Ruled").scores = bumped(eventOf(d, "Ruled").scores))],
    ["the ruling's root", (d) => void (eventOf(d, "Ruled").evidenceRoot = `0x${"a6".repeat(32)}`)],
    [
      "a ruling to uphold",
      (d) =>
        void Object.assign(eventOf(d, "Ruled"), {
          ruling: "uphold",
          evidenceRoot: `0x${"00".repeat(32)}`,
          scores: "0x",
        }),
    ],
    ["the reason of a challenge", (d) => void (eventOf(d, "Challenged").reason = `0x${"c5".repeat(32)}`)],
    [
      "the challenger",
      (d) => {
        const thief = lower(accountNamed("thief").address);
        d.chain = JSON.parse(
          JSON.stringify(d.chain).replaceAll(eventOf(d, "Challenged").challenger, thief),
        ) as Draft["chain"];
      },
    ],
    ["an evidence figure", (d) => void editEvidence(d, (content) => content.replace(/,1\n/, ",1\n1,2\n"))],
    ["a row of evidence that scores nothing", (d) => void editEvidence(d, (content) => content.replace(/\n$/, "\n\n"))],
    ["a salt", (d) => void (d.bundles[0]!.evidence[0]!.salt = `0x${"5a".repeat(32)}`)],
    ["the name of evidence", (d) => void (d.bundles[0]!.evidence[0]!.name = "other.csv")],
    ["a weight of the roster", (d) => respec(d, (spec) => void (spec.roster[0]!.weight += 1))],
    ["a name of the roster", (d) => respec(d, (spec) => void (spec.roster[0]!.name = "Fleet of friends"))],
    [
      "an account of the roster",
      (d) => {
        const [old, thief] = [
          d.bundles[0]!.spec.roster[0]!.account,
          `0x00${d.bundles[0]!.spec.roster[0]!.account.slice(4)}`,
        ];
        for (const key of ["chain", "bundles"] as const)
          Object.assign(d, {
            [key]: JSON.parse(
              JSON.stringify(d[key]).replaceAll(old, thief).replaceAll(old.slice(2), thief.slice(2)),
            ) as unknown,
          });
      },
    ],
    ["the payment rule", (d) => respec(d, (spec) => void (spec.payment.defaultRate = 10_000))],
    [
      "the threshold",
      (d) => {
        respec(d, (spec) => void (spec.oracle.threshold = 1));
        d.chain.oracle.threshold = 1;
      },
    ],
    [
      "a signer",
      (d) => {
        const [old, other] = [lower(oracleNodes()[0]!.address), lower(accountNamed("other node").address)];
        for (const key of ["chain", "bundles", "seal"] as const)
          Object.assign(d, { [key]: JSON.parse(JSON.stringify(d[key]).replaceAll(old, other)) as unknown });
      },
    ],
    ["the chain's signers alone", (d) => void d.chain.oracle.signers.pop()],
    [
      "the chain",
      (d) => {
        d.chain.chainId = d.seal.chainId = 1;
        for (const b of d.bundles) b.chainId = 1;
      },
    ],
    [
      "the fee of the terms",
      (d) => void (d.chain.terms = concatHex([slice(d.chain.terms, 0, 191), "0x0000", slice(d.chain.terms, 193)])),
    ],
    ["the implementation", (d) => void (d.chain.implementation = lower(accountNamed("code").address))],
    ["the factory", (d) => void (d.chain.factory = lower(accountNamed("factory").address))],
    ["the token's name", (d) => void (d.chain.token.symbol = "USD")],
    ["the token's decimals", (d) => void (d.chain.token.decimals = 18)],
    ["the head's hash", (d) => void (d.chain.head.hash = `0x${"ab".repeat(32)}`)],
    ["the head's number", (d) => void (d.chain.head.number += 1)],
    ["the head's time", (d) => void (d.chain.head.time += 1)],
    [
      "the time of a block",
      (d) => {
        const { block } = d.chain.ledger[3]!;
        for (const e of d.chain.ledger) if (e.block === block) e.time -= 1;
      },
    ],
    [
      "a transaction's hash",
      (d) => {
        const { tx } = d.chain.ledger[3]!;
        for (const e of d.chain.ledger) if (e.tx === tx) e.tx = `0x${"77".repeat(32)}`;
      },
    ],
    ["a log's number", (d) => void (d.chain.ledger.at(-1)!.log += 1)],
    ["a score of the result", (d) => void (d.result = ({ rounds }) => void (rounds[0]!.payouts[0]!.scoreBps = 1))],
    ["a payout of the result", (d) => void (d.result = ({ rounds }) => void (rounds[0]!.payouts[0]!.amount = "1"))],
    ["the deviations", (d) => void d.bundles[0]!.reports.pop()],
    ["a bundle less", (d) => void d.bundles.pop()],
    ["a cosignature less", (d) => void d.bundles[1]!.signatures.pop()],
  ];

  it("are at least thirty", () => expect(engine.length).to.be.at.least(30));

  for (const [what, change] of engine) {
    it(`names ${what}`, async () => {
      const draft = draftOf(all.engine);
      change(draft);
      const files = forge(draft);
      expect(new Map([...files].map(([name, bytes]) => [name, keccak256(bytes)]))).to.not.deep.equal(
        new Map([...all.engine.files].map(([name, bytes]) => [name, keccak256(bytes)])),
      );
      const report = await audit(files);
      expect(report.ok).to.equal(false);
      expect(failures(report).join("\n")).to.contain("seal.signature @ seal.json");
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
    const order = { chainId: chain.chainId, pool, round: 0, spec: forged, files: [summaryFile()], nodes, liar: false };
    draft.bundles = [await makeBundle(order)];
    const files = await seal(without(forge(draft)), chain.chainId, pool, nodes);
    expect(failures(await audit(files))).to.deep.equal([]);
    const pinned = await audit(files, { pool: chain.pool });
    expect(failures(pinned).map((line) => line.split(":")[0])).to.deep.equal(["pool.pinned @ chain.json pool"]);
  });

  it("refuses files a quorum sealed that do not hang together", async () => {
    const draft = draftOf(all.sla);
    draft.chain.rounds[0]!.payouts[0]!.amount = "1";
    const { chainId, pool } = draft.chain;
    const files = await seal(without(filesOf(draft)), chainId, pool, oracleNodes());
    await fails(files, "payout.amount", "chain.json rounds[0].payouts[0]", 'amount is "1"');
  });

  it("refuses an assessment the evidence does not bear out, though all nodes signed it", async () => {
    const { chain, spec } = all.sla;
    const order = {
      chainId: chain.chainId,
      pool: chain.pool,
      round: 0,
      spec,
      files: [summaryFile()],
      nodes: oracleNodes(),
      liar: false,
    };
    const bundle = await makeBundle(order);
    const other = await makeBundle({
      ...order,
      files: [
        { ...summaryFile(), bytes: stringToBytes(new TextDecoder().decode(summaryFile().bytes).replace("120", "700")) },
      ],
    });
    const files = new Map([...all.sla.files, [bundleFile(0), documentBytes({ ...other, evidence: bundle.evidence })]]);
    await fails(files, "bundle.truth", "bundle-0.json aggregate", "provider[");
    await fails(files, "bundle.root", "bundle-0.json evidence");
    await fails(files, "bundle.chain", "bundle-0.json");
  });

  it("refuses a seal of too few, of strangers, of one node twice, and over other files", async () => {
    const { files, chain } = all.sla;
    const { chainId, pool } = chain;
    const nodes = oracleNodes();
    const open = without(files);
    expect(failures(await audit(await seal(open, chainId, pool, nodes.slice(1))))).to.deep.equal([]);
    await fails(await seal(open, chainId, pool, nodes.slice(2)), "seal.quorum", SEAL_FILE, "fewer than 2");
    await fails(await seal(open, chainId, pool, oracleNodes("stranger")), "seal.quorum", SEAL_FILE, "no node");
    await fails(await seal(open, chainId, pool, [nodes[0]!, nodes[0]!]), "seal.quorum", SEAL_FILE, "twice");
    await fails(await seal(open, chainId + 1, pool, nodes), "seal.pool", SEAL_FILE);
    const more = await seal(new Map([...open, ["more.json", stringToBytes("{}")]]), chainId, pool, nodes);
    more.delete("more.json");
    await fails(more, "seal.file", SEAL_FILE, "not there");
    expect(Object.keys(fileHashes(files))).to.not.include(SEAL_FILE);
  });
});

function highS(signature: Hex): Hex {
  const s = ORDER - BigInt(slice(signature, 32, 64));
  return concatHex([
    slice(signature, 0, 32),
    numberToHex(s, { size: 32 }),
    slice(signature, 64) === "0x1b" ? "0x1c" : "0x1b",
  ]);
}

function without(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].filter(([name]) => name !== SEAL_FILE));
}

function addTo({ event, transfer }: ReturnType<typeof withTransfer>, amount: bigint): void {
  event.amount = transfer.amount = String(BigInt(event.amount) + amount);
}

/** The same vector with a little less for its first provider: one unit of a metered pool. */
function bumped(vector: Hex): Hex {
  const units = Number(slice(vector, 2, 6));
  return concatHex([slice(vector, 0, 2), numberToHex(units - 1, { size: 4 }), slice(vector, 6)]);
}

function donation(draft: Draft) {
  const { pool, ledger } = draft.chain;
  const found = ledger.find(({ event }) => event.name === "Transfer" && event.to === pool && event.amount === "13");
  return found!.event as ReturnType<typeof withTransfer>["transfer"];
}

/** The transfer behind the last of the first run of events of that name. */
function lastTransferOf({ chain }: Draft, name: string) {
  const first = chain.ledger.findIndex(({ event }) => event.name === name);
  const found = chain.ledger.slice(first).find(({ event }) => event.name === "Transfer");
  return found!.event as ReturnType<typeof withTransfer>["transfer"];
}

function editEvidence({ bundles }: Draft, change: (content: string) => string): void {
  const item = bundles[0]!.evidence[0]!;
  item.content = change(item.content);
}

function respec(draft: Draft, change: (spec: Draft["bundles"][number]["spec"]) => void): void {
  for (const { spec } of draft.bundles) change(spec);
  expect(canonicalJson(draft.bundles[0]!.spec)).to.equal(canonicalJson(draft.bundles[1]!.spec));
}
