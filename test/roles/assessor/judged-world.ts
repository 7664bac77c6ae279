import { concat, keccak256, stringToBytes, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { clockTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import { judgesOf } from "../../../oracle/adapters/models/judges.ts";
import type { ModelsConfig } from "../../../oracle/config.ts";
import { createHiding } from "../../../oracle/compose/hiding.ts";
import { judgedSpecParts } from "../../../oracle/domain/criteria/agreed.ts";
import type { JudgedParams } from "../../../oracle/domain/criteria/terms.ts";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import { evidenceItem, evidenceLeaf, rootOf, type EvidenceItem } from "../../../oracle/domain/evidence.ts";
import { freezeData, type Frozen } from "../../../oracle/domain/frozen.ts";
import { nodeRecordSchema, sealedHash, type NodeRecord } from "../../../oracle/domain/judgement/node-record.ts";
import type { UnitRecord } from "../../../oracle/domain/judgement/record.ts";
import { shapeOf } from "../../../oracle/domain/judgement/joint.ts";
import { decodeReport, type JudgedReport } from "../../../oracle/domain/judgement/report-vector.ts";
import type { AssessedRound } from "../../../oracle/domain/node-report.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { outcomeSpecSchema, specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import type { BlobStore } from "../../../oracle/ports.ts";
import type { AssessorParts } from "../../../oracle/roles/assessor/parts.ts";
import { judgeRound } from "../../../oracle/roles/assessor/judging/round.ts";
import { keepFrozen } from "../../../oracle/store/agreement.ts";
import { keptUnits, readRecord } from "../../../oracle/store/judgements.ts";
import { exampleParams, exampleSeason } from "../../../scripts/season/example.ts";
import { startJudgeServer, type JudgeServer } from "../../../scripts/season/judge-server.ts";
import { accountNamed, intakeAccount, lower, sign } from "../../domain/season/oracle.ts";
import { fourNodes, termsOfFour } from "../../domain/round/fixture.ts";
import { play } from "../../scripts/example-round.ts";
import { tempStore, type TempStore } from "../../support/temp-store.ts";

/** Providers and owners of the example that take part: as few as a verdict needs. */
const [PROVIDERS, OWNERS] = [2, 8];
const CHAIN_ID = 31_337;
const POOL: Hex = `0x${"cd".repeat(20)}`;

/** A judged round before any node has looked at it. */
export interface JudgedGround {
  readonly spec: OutcomeSpec;
  readonly params: JudgedParams;
  readonly terms: Terms;
  readonly of: AssessedRound;
  readonly frozen: Frozen;
  /** In the order of the leaves, private ones opened. */
  readonly items: readonly EvidenceItem[];
  readonly nodes: readonly PrivateKeyAccount[];
}

/** A node that judges, with a store and blobs of its own. */
export interface JudgingNode {
  readonly account: PrivateKeyAccount;
  readonly parts: AssessorParts;
  readonly temporary: TempStore;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Judges the round, as often as it is called. */
  judge(): Promise<Hex>;
}

/** The car repair example with two workshops, as private transcripts and public papers, closed by the intake, for four nodes. */
export async function judgedGround(): Promise<JudgedGround> {
  const season = await exampleSeason("car-repair");
  const { example, agreement } = season;
  const providers = example.providers.slice(0, PROVIDERS).map((one) => {
    return { ...one, account: lower(accountNamed(`provider ${one.id}`).address) };
  });
  const params = exampleParams(season, (name) => lower(accountNamed(`sender ${name}`).address));
  const nodes = fourNodes();
  const intake = lower(intakeAccount().address);
  const spec = outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title: "Two workshops",
    ...judgedSpecParts(agreement, params),
    oracle: { signers: nodes.map(({ address }) => lower(address)), threshold: 3, intake },
    roster: providers
      .map(({ id, name, weight, account }) => ({ id, name, weight, account }))
      .sort((one, other) => (one.account < other.account ? -1 : 1)),
  });
  const { participants, documents, providerDocuments } = example.rounds[0]!;
  const known = (id: string): boolean => providers.some((one) => one.id === id);
  const asked = providers.flatMap(({ id }) => participants.filter(({ provider }) => provider === id).slice(0, OWNERS));
  const transcripts = asked.map((person) => {
    return itemOf(intake, "application/json", canonicalJson(play(params, person).transcript));
  });
  const papers = documents
    .filter(({ provider }) => known(provider))
    .map(({ sender, ...said }) => {
      const content = canonicalJson({ format: "guerdon/source/1", ...said });
      return itemOf(lower(accountNamed(`sender ${sender}`).address), "application/json", content);
    });
  const own = providerDocuments
    .filter(({ provider }) => known(provider))
    .map(({ provider, text }) => itemOf(lower(accountNamed(`provider ${provider}`).address), "text/plain", text));
  const items = [...transcripts, ...papers, ...own];
  const terms = { ...termsOfFour(), specHash: specHash(spec) };
  const frozen = await close(
    items,
    transcripts.map((item) => evidenceLeaf(item)),
    terms,
  );
  const { chainId, pool, round, evidenceRoot } = frozen;
  return {
    spec,
    params,
    terms,
    of: { chainId, pool, round, specHash: specHash(spec), evidenceRoot },
    frozen,
    items,
    nodes,
  };
}

function itemOf(source: Hex, mediaType: "application/json" | "text/plain", content: string): EvidenceItem {
  const salt = keccak256(concat([source, keccak256(stringToBytes(content))]));
  const draft = { kind: "document", name: salt.slice(2, 18), mediaType, source, sequence: 0, salt } as const;
  return evidenceItem(draft, stringToBytes(content));
}

async function close(items: readonly EvidenceItem[], withheld: readonly Hex[], terms: Terms): Promise<Frozen> {
  const leaves = items.map((item) => evidenceLeaf(item));
  const frozenAt = roundSchedule(clockTerms(terms), 0).freezeAt;
  const fixed = { chainId: CHAIN_ID, pool: POOL, round: 0, evidenceRoot: rootOf(leaves), frozenAt };
  const unsigned = { ...fixed, leaves, withheld: [...withheld] };
  const intake = intakeAccount();
  const signature = await sign(intake, freezeData(unsigned));
  return { ...unsigned, format: "guerdon/frozen/1", intake: lower(intake.address), signature };
}

/** Scripted judges for the nodes of a ground, behind a real endpoint; each overlooks something else. */
export async function judgeServer(): Promise<JudgeServer> {
  const { facts } = await exampleSeason("car-repair");
  const judges = [0, 0.02, 0.03, 0.04].map((overlook, i) => {
    return { model: `scripted-${i + 1}`, facts, overlook, seed: `four ${i}` };
  });
  return startJudgeServer(judges);
}

/** A node of a ground. @param models `null`: it has none */
export async function judgingNode(
  ground: JudgedGround,
  place: number,
  models: { readonly url: string; readonly model?: string } | null,
  {
    stopping = new AbortController().signal,
    time = timeToJudge(ground),
  }: { stopping?: AbortSignal; time?: number } = {},
): Promise<JudgingNode> {
  const account = ground.nodes[place]!;
  const temporary = await tempStore();
  const blobs = new Map<string, Uint8Array>();
  const { chainId, pool, round } = ground.of;
  const id = { chainId, pool, round };
  await keepFrozen(temporary.store, id, ground.frozen);
  const withheld = new Set(ground.frozen.withheld);
  for (const item of ground.items) {
    const leaf = evidenceLeaf(item);
    if (!withheld.has(leaf)) blobs.set(`mirror/${leaf}`, stringToBytes(canonicalJson(item)));
  }
  const byLeaf = new Map(ground.items.map((item) => [evidenceLeaf(item), item]));
  const parts = {
    store: temporary.store,
    blobs: blobsIn(blobs),
    signer: { address: lower(account.address) },
    peers: {
      addresses: [],
      privateItem: (_: Hex, __: unknown, leaf: Hex) => Promise.resolve(byLeaf.get(leaf) ?? null),
    },
    models: judgesOf(modelsConfig(models, place), new Map()),
    hiding: createHiding(new Uint8Array(32).fill(place + 1)),
    stopping,
    time: () => time,
    claim: (report: JudgedReport) => report,
    log: { error: () => undefined, warn: () => undefined },
  } as unknown as AssessorParts;
  const oracle = { ...ground.spec.oracle };
  const work = { id, of: ground.of, pool: { terms: ground.terms, spec: ground.spec, oracle } };
  return { account, parts, temporary, blobs, judge: () => judgeRound(parts, work, ground.params) };
}

/** When the evidence has just been closed. */
function timeToJudge({ terms }: JudgedGround): number {
  return roundSchedule(clockTerms(terms), 0).freezeAt;
}

function modelsConfig(models: { readonly url: string; readonly model?: string } | null, place: number): ModelsConfig {
  const shared = { tokensPerRound: 100_000_000, concurrency: 8, timeoutMs: 10_000, retries: 0 };
  if (models === null) return { ...shared, judges: [] };
  const { url, model = `scripted-${place + 1}` } = models;
  const fixed = { returns: [] as string[], format: "json_schema", stream: false, embeddings: null } as const;
  return { ...shared, judges: [{ family: "scripted", model, url, key: { kind: "none" }, ...fixed }] };
}

function blobsIn(map: Map<string, Uint8Array>): Pick<BlobStore, "get" | "put"> {
  return {
    get: (key) => Promise.resolve(map.get(key) ?? null),
    put: (key, bytes) => {
      map.set(key, bytes);
      return Promise.resolve();
    },
  };
}

/** What a node said, and all that shows it. */
export interface Said {
  readonly node: Hex;
  readonly vector: Hex;
  readonly report: JudgedReport;
  readonly record: NodeRecord;
  /** Whole records of private units by their salted hash. */
  readonly whole: ReadonlyMap<Hex, UnitRecord>;
}

/** Has a node judge, and reads back what it keeps. */
export async function saidBy(ground: JudgedGround, node: JudgingNode): Promise<Said> {
  const vector = await node.judge();
  const { params, spec, of } = ground;
  const report = decodeReport(
    vector,
    shapeOf({ params, providers: spec.roster.length, metered: spec.payment.metered }),
  );
  const bytes = await readRecord(node.parts.blobs, report.record);
  const record = nodeRecordSchema.parse(JSON.parse(new TextDecoder().decode(bytes!)));
  const { chainId, pool, round } = of;
  const units = await keptUnits(node.parts, { chainId, pool, round });
  const salts = new Map(ground.items.map((item) => [evidenceLeaf(item), item.salt]));
  const whole = [...units.values()].flatMap((unit) => {
    const salt = salts.get(unit.source);
    return salt === undefined ? [] : [[sealedHash(salt, unit), unit] as const];
  });
  return { node: lower(node.account.address), vector, report, record, whole: new Map(whole) };
}
