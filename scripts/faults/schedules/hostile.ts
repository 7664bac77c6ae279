import { once } from "node:events";
import { createServer } from "node:http";
import { bytesToHex, keccak256, stringToBytes, type Hex } from "viem";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { httpPeers } from "../../../oracle/adapters/peers.ts";
import { fastAccount } from "../../../oracle/adapters/signers/fast-account.ts";
import { nodeSigner } from "../../../oracle/adapters/signers/node-signer.ts";
import { vectorOf } from "../../../oracle/domain/assess.ts";
import { fastDigest } from "../../../oracle/domain/digest.ts";
import { assessmentData, reportData, type AssessedRound } from "../../../oracle/domain/node-report.ts";
import {
  commitmentOf,
  deadlineOf,
  envelopeData,
  PEER_VERSION,
  type Envelope,
  type MessageKind,
} from "../../../oracle/domain/round/envelope.ts";
import { roundSchedule, type RoundSchedule } from "../../../oracle/domain/round/schedule.ts";
import type { RoundId } from "../../../oracle/ports.ts";
import { lie } from "../../../oracle/roles/liar.ts";
import type { Random } from "../../fuzz-api/random.ts";
import type { HostileWay } from "./plan.ts";
import { nodeKey, QUORUM, type World } from "./season.ts";
import type { Trace } from "./trace.ts";
import { pause } from "./wire.ts";

/** What a hostile node is given. */
export interface HostileOrder {
  readonly world: World;
  readonly node: number;
  readonly ports: readonly number[];
  readonly way: Exclude<HostileWay, "liar">;
  readonly rounds: number;
  readonly random: Random;
  readonly trace: Trace;
}

export interface Hostile {
  stop(): Promise<void>;
}

const STEP_MS = 50;
const GARBAGE = stringToBytes('{"format":"guerdon/bundle/1"}\n');

/** How far it is with a round. */
interface Plot {
  readonly id: RoundId;
  readonly of: AssessedRound;
  readonly vector: Hex;
  readonly schedule: RoundSchedule;
  committed: boolean;
  revealed: boolean;
  signed: boolean;
  readonly salts: readonly Hex[];
}

/** Starts a node that holds a key of the oracle and does harm with it: a client of the others' API, and a server of lies. */
export async function startHostile(order: HostileOrder): Promise<Hostile> {
  const { world, node, ports, way, random, trace } = order;
  const { chain, spec, terms, nodes } = world;
  const self = nodes[node]!;
  const signer = nodeSigner(fastAccount(nodeKey(node)));
  const others = nodes.filter((one) => one !== self);
  const urls = new Map(nodes.map((address, i) => [address, `http://127.0.0.1:${ports[i]}`]));
  const peers = httpPeers({ urls: () => urls, signer, clock: Date.now, timeoutMs: 2_000 });
  const plots = new Map<number, Plot>();
  const shown: Envelope[] = [];
  const salt = (): Hex => bytesToHex(Uint8Array.from({ length: 32 }, () => random.below(256)));

  async function message(id: RoundId, kind: MessageKind, body: Envelope["body"], change: Partial<Envelope> = {}) {
    const schedule = roundSchedule(clockTerms(terms), id.round);
    const unsigned = {
      version: PEER_VERSION,
      kind,
      ...id,
      node: self,
      deadline: deadlineOf(kind, schedule),
      body,
      ...change,
    };
    return { ...unsigned, signature: await signer.sign(envelopeData(unsigned)) };
  }

  /** One message for some, another for the rest; who asks later is shown both, or one. */
  async function tell(first: Envelope, second: Envelope = first): Promise<void> {
    const apart = first === second ? 0 : 1 + random.below(others.length - 1);
    shown.push(first, ...(random.chance(0.5) ? [second] : []));
    await Promise.all(others.map((peer, i) => peers.send(peer, i < apart ? first : second).catch(() => undefined)));
  }

  async function plotOf(round: number): Promise<Plot | null> {
    const id = { chainId: chain.chainId, pool: world.pool, round };
    const frozen = await peers.frozen(spec.oracle.intake, id);
    if (frozen === null) return null;
    const evidence = [];
    for (const leaf of frozen.leaves) {
      const item = await peers.item(spec.oracle.intake, id, leaf);
      if (item === null) return null;
      evidence.push(item);
    }
    const of = { ...id, specHash: terms.specHash, evidenceRoot: frozen.evidenceRoot };
    const state = { committed: false, revealed: false, signed: false, salts: [salt(), salt()] };
    return {
      id,
      of,
      vector: vectorOf(spec, evidence, round),
      schedule: roundSchedule(clockTerms(terms), round),
      ...state,
    };
  }

  const commitBody = (of: AssessedRound, vector: Hex, with_: Hex) => {
    const commitment = commitmentOf(self, fastDigest(reportData(of, vector)), with_);
    return { specHash: of.specHash, evidenceRoot: of.evidenceRoot, commitment };
  };
  const revealBody = async (of: AssessedRound, vector: Hex, with_: Hex) => {
    return { vector, signature: await signer.sign(reportData(of, vector)), salt: with_ };
  };

  async function commit({ id, of, vector, salts }: Plot, theirs: readonly Envelope[]): Promise<boolean> {
    const say = (body: Envelope["body"], change?: Partial<Envelope>) => message(id, "commit", body, change);
    const honest = await say(commitBody(of, vector, salts[0]!));
    if (way === "two-commits") await tell(honest, await say(commitBody(of, lie(vector, true), salts[1]!)));
    else if (way === "other-evidence") {
      await tell(await say(commitBody({ ...of, evidenceRoot: keccak256(of.evidenceRoot) }, vector, salts[0]!)));
    } else if (way === "malformed") await tell(await say({ commitment: "0x" }));
    else if (way === "copied-commit") {
      const model = theirs.find(({ kind }) => kind === "commit");
      if (model === undefined) return false;
      await tell(await say(model.body));
    } else {
      if (way === "elsewhere") {
        const round = 1 - id.round;
        for (const change of [
          { round },
          { chainId: 1 },
          { pool: keccak256(id.pool).slice(0, 42) as Hex },
          { deadline: 2 ** 40 },
        ]) {
          await tell(await say(honest.body, change));
        }
      }
      await tell(honest);
    }
    return true;
  }

  async function reveal({ id, of, vector, salts, schedule }: Plot, theirs: readonly Envelope[]): Promise<boolean> {
    const say = (body: Envelope["body"]) => message(id, "reveal", body);
    const honest = await say(await revealBody(of, vector, salts[0]!));
    if (way === "two-commits") await tell(honest, await say(await revealBody(of, lie(vector, true), salts[1]!)));
    else if (way === "two-reveals") await tell(honest, await say(await revealBody(of, lie(vector, true), salts[0]!)));
    else if (way === "malformed") await tell(await say({ vector: "0x", salt: "1" }));
    else if (way === "copied-commit") {
      const model = theirs.find(({ kind }) => kind === "reveal");
      if (model === undefined) return false;
      await tell(await say(model.body));
    } else if (way === "late-reveal") {
      const { time } = await chain.head();
      // In time for one of them alone, when the others have gone on.
      if (time < schedule.commitBy) return false;
      await peers.send(random.pick(others), honest).catch(() => undefined);
      while ((await chain.head()).time < schedule.revealBy && !stopped) await pause(STEP_MS);
      await tell(honest);
    } else await tell(honest);
    return true;
  }

  async function sign({ id, of, vector }: Plot): Promise<void> {
    const say = async (scores: Hex) => {
      const body = { evidenceRoot: of.evidenceRoot, scores, signature: await signer.sign(assessmentData(of, scores)) };
      return message(id, "assessment", body);
    };
    if (way === "malformed") return tell(await message(id, "assessment", { scores: "0x00" }));
    if (way === "double-sign") {
      await tell(await say(lie(vector, true)), await say(vector));
      return tell(await message(id, "bundle", { hash: keccak256(GARBAGE) }));
    }
    await tell(await say(way === "two-reveals" ? lie(vector, true) : vector));
  }

  async function step(round: number): Promise<void> {
    const plot = plots.get(round) ?? (await plotOf(round));
    if (plot === null || plot.signed) return;
    plots.set(round, plot);
    const heard = (await Promise.all(others.map((peer) => peers.messages(peer, plot.id).catch(() => [])))).flat();
    const theirs = heard.filter((one) => one.node !== self);
    const count = (kind: MessageKind): number =>
      new Set(theirs.filter((one) => one.kind === kind).map((one) => one.node)).size;
    if (!plot.committed) plot.committed = await commit(plot, theirs);
    else if (!plot.revealed && count("commit") >= QUORUM) plot.revealed = await reveal(plot, theirs);
    else if (plot.revealed && count("reveal") >= QUORUM) {
      plot.signed = true;
      await sign(plot);
    }
    // What others said, said again by somebody else.
    if (theirs.length > 0 && random.chance(0.3))
      await peers.send(random.pick(others), random.pick(theirs)).catch(() => undefined);
  }

  let stopped = false;
  if (way === "silent") return { stop: () => Promise.resolve() };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const isBundle = path.startsWith("/v1/bundles/");
    response.writeHead(isBundle || path.endsWith("/messages") ? 200 : 404, { "content-type": "application/json" });
    response.end(isBundle ? GARBAGE : JSON.stringify({ messages: shown }));
  }).listen(ports[node], "127.0.0.1");
  await once(server, "listening");
  const running = (async () => {
    while (!stopped) {
      for (let round = 0; round < order.rounds; round++) {
        await step(round).catch((error: unknown) => trace.say(`hostile node: ${String(error).slice(0, 200)}`));
      }
      await pause(STEP_MS);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
