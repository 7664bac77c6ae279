import type { Hex } from "viem";
import type { PrivateParts } from "../../../oracle/domain/audit/judgements.ts";
import { bundleSchema, type Bundle } from "../../../oracle/domain/bundle.ts";
import { evidenceLeaf, type EvidenceItem } from "../../../oracle/domain/evidence.ts";
import { joinReports, scoreRecords, shapeOf } from "../../../oracle/domain/judgement/joint.ts";
import { recordHash, sealedUnit, type NodeRecord } from "../../../oracle/domain/judgement/node-record.ts";
import { decodeReport, encodeReport } from "../../../oracle/domain/judgement/report-vector.ts";
import { encodeScores } from "../../../contracts/protocol/vector.ts";
import {
  judgedGround,
  judgeServer,
  judgingNode,
  saidBy,
  type JudgedGround,
} from "../../roles/assessor/judged-world.ts";

/** A judged round as everybody gets it, and what is private of it. */
export interface JudgedBundle {
  readonly ground: JudgedGround;
  readonly bundle: Bundle;
  readonly given: PrivateParts;
}

const NODES = 3;
let made: Promise<JudgedBundle> | undefined;

/** A round of two workshops, judged by three nodes; made once. Nothing in it is signed. */
export function judgedBundle(): Promise<JudgedBundle> {
  return (made ??= make());
}

async function make(): Promise<JudgedBundle> {
  const ground = await judgedGround();
  const server = await judgeServer();
  const reports: Bundle["reports"] = [];
  const judgements: NodeRecord[] = [];
  const whole: PrivateParts["records"][] = [];
  try {
    for (let place = 0; place < NODES; place++) {
      const node = await judgingNode(ground, place, { url: server.url });
      try {
        const said = await saidBy(ground, node);
        reports.push({ node: said.node, vector: said.vector, ...UNSIGNED });
        judgements.push(said.record);
        whole.push(said.whole);
      } finally {
        await node.temporary.remove();
      }
    }
  } finally {
    await server.close();
  }
  const byNode = (one: { node: Hex }, other: { node: Hex }): number => (one.node < other.node ? -1 : 1);
  const { spec, params, frozen, items } = ground;
  const withheld = new Set(frozen.withheld);
  const round = { params, providers: spec.roster.length, metered: spec.payment.metered };
  const scores = scoreRecords(
    joinReports(
      round,
      reports.map(({ vector }) => vector),
    ),
  );
  const bundle = bundleSchema.parse({
    format: "guerdon/bundle/1",
    chainId: frozen.chainId,
    pool: frozen.pool,
    round: frozen.round,
    spec,
    evidence: items.map((item) => (withheld.has(evidenceLeaf(item)) ? { leaf: evidenceLeaf(item) } : item)),
    evidenceRoot: frozen.evidenceRoot,
    freeze: { frozenAt: frozen.frozenAt, signature: frozen.signature },
    reports: reports.sort(byNode),
    judgements: judgements.sort(byNode),
    excluded: [],
    aggregate: encodeScores(scores, spec.payment.metered),
    deviations: [],
    signatures: [],
  });
  const hidden = items.filter((item: EvidenceItem) => withheld.has(evidenceLeaf(item)));
  const given = {
    items: new Map(hidden.map((item) => [evidenceLeaf(item), item])),
    records: new Map(whole.flatMap((one) => [...one]).filter(([, { source }]) => withheld.has(source))),
  };
  return { ground, bundle, given };
}

/** The same round had its intake kept an item from everybody but its sender, whom it is about, and the oracle. */
export function withPrivate(judged: JudgedBundle, leaf: Hex, provider: number, group: string): JudgedBundle {
  const { ground, bundle, given } = judged;
  const { spec, params } = ground;
  const item = ground.items.find((one) => evidenceLeaf(one) === leaf)!;
  const records = new Map(given.records);
  const judgements = bundle.judgements!.map((record): NodeRecord => {
    const units = record.units.map((unit) => {
      if (!("record" in unit) || unit.record.source !== leaf) return unit;
      const sealed = sealedUnit(unit.family, unit.part, item.salt, unit.record);
      records.set(sealed.sealed, unit.record);
      return sealed;
    });
    return { ...record, units, hidden: [...record.hidden, { source: leaf, provider, group }] };
  });
  const shape = shapeOf({ params, providers: spec.roster.length, metered: spec.payment.metered });
  const reports = bundle.reports.map((report, i) => {
    const vector = encodeReport({ ...decodeReport(report.vector, shape), record: recordHash(judgements[i]!) });
    return { ...report, vector };
  });
  const evidence = bundle.evidence.map((one) => (!("leaf" in one) && evidenceLeaf(one) === leaf ? { leaf } : one));
  return {
    ground,
    bundle: bundleSchema.parse({ ...bundle, evidence, reports, judgements }),
    given: { items: new Map([...given.items, [leaf, item]]), records },
  };
}

const UNSIGNED = {
  signature: `0x${"11".repeat(64)}1b`,
  salt: `0x${"22".repeat(32)}`,
  commit: { deadline: 1, signature: `0x${"11".repeat(64)}1b` },
} as const;
