import type { Hex } from "viem";
import type { Secret } from "../config/secrets.ts";
import type { NodeConfig } from "../config.ts";
import { httpPeers } from "../adapters/peers.ts";
import { judgesOf, readJudgeKeys } from "../adapters/models/judges.ts";
import { nodeSigner } from "../adapters/signers/node-signer.ts";
import { openAccount } from "../adapters/signers/open.ts";
import { fastRecover } from "../adapters/signers/fast-secp256k1.ts";
import { createBell } from "../ops/bell.ts";
import { createLogger } from "../ops/log.ts";
import { measureQueue, measureStore } from "../ops/measure.ts";
import { createMetrics } from "../ops/metrics.ts";
import type { Peers } from "../ports.ts";
import { forgetting } from "../roles/assessor/judging/forget.ts";
import { createMailbox } from "../roles/assessor/mailbox.ts";
import { createPoolBook } from "../roles/assessor/pool-book.ts";
import { createDriver, ofManagers, type RoundRole } from "../roles/driver.ts";
import { createProgressKeeper } from "../roles/progress.ts";
import { createSealer } from "../roles/sealer.ts";
import { knownPools } from "../roles/watcher/pools.ts";
import { watchChain } from "../roles/watcher/watch.ts";
import { sweepAccess } from "../store/access.ts";
import { openNodeChain } from "./chain.ts";
import { fileSecrets } from "./file-secrets.ts";
import { showRounds } from "./gauges.ts";
import { nodeHealth, serveApi, serveOperator } from "./http.ts";
import { startIntake } from "./intake.ts";
import { startInterviewer } from "./interviewer.ts";
import { openHiding } from "./hiding.ts";
import { openMemory } from "./memory.ts";
import { openQueue } from "./queue.ts";
import { ringing } from "./ringing.ts";
import { assessing, freezing, nodeAssessor } from "./rounds.ts";
import type { Seams } from "./seams.ts";
import { createStack } from "./stack.ts";
import { nodeSubmitter } from "./submitter.ts";
import { nodeTraces } from "./traces.ts";
import { startNodeWebhooks } from "./webhooks.ts";

/** A node at work. */
export interface RunningNode {
  /** Lower case. */
  readonly address: Hex;
  /** Where its API and its operator's pages answer, without a slash at the end. */
  readonly url: string;
  readonly opsUrl: string;
  /** Ends what is under way, then stops. Safe to call again. */
  stop(): Promise<void>;
}

/** How often sessions and nonces that are over are removed, milliseconds. */
const SWEEP_MS = 3_600_000;
/** How often an assessor looks whether what it judged was erased, milliseconds. */
const FORGET_MS = 60_000;
/** How long a peer may take to answer, milliseconds. */
const PEER_MS = 15_000;

/**
 * Puts a node together from its settings and starts it. Nothing is left running where it cannot start.
 * @param given what must not be shown, beside what is read from files
 * @throws SignerError, EndpointsError, StoreUnavailable, InputError or the system's error where something it needs cannot be used
 */
export async function startNode(config: NodeConfig, given: readonly Secret[], seams: Seams = {}): Promise<RunningNode> {
  const clock = seams.clock ?? Date.now;
  const secrets = [...given, ...(await fileSecrets(config))];
  const log = seams.log ?? createLogger({ level: config.logLevel, secrets });
  const stack = createStack((name, error) => log.error({ part: name, error }, "a part did not stop well"));
  const stopping = new AbortController();
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping.abort();
    return (stopped ??= stack.unwind());
  };
  try {
    return { ...(await assemble()), stop };
  } catch (error) {
    await stop();
    throw error;
  }

  async function assemble(): Promise<Omit<RunningNode, "stop">> {
    const metrics = createMetrics({ processMetrics: seams.log === undefined });
    const traces = nodeTraces(config, secrets, stack);
    const account = await openAccount(config.key, config.address);
    const signer = nodeSigner(account);
    const memory = await openMemory(config);
    stack.push("store", () => memory.store.close());
    const bell = createBell();
    const store = ringing((seams.store ?? ((same) => same))(measureStore(memory.store, metrics)), bell);
    const blobs = (seams.blobs ?? ((same) => same))(memory.blobs);
    const jobs = openQueue(config, store, log, clock);
    const { queue } = jobs;
    stack.push("queue", () => queue.close());
    measureQueue(queue, metrics);
    const chain = await openNodeChain(config, store, metrics, log);
    const { chainId } = chain;

    let time = (await chain.latest()).time;
    /** Time of the last final block that was worked through, seconds. */
    let watched: number | null = null;
    metrics.read("guerdon_chain_lag_seconds", async () => {
      return watched === null ? [] : [{ labels: {}, value: (await chain.finalized()).time - watched }];
    });
    const urls = new Map<Hex, string>(config.peers.map(({ address, url }) => [address, url]));
    const peers: Peers = httpPeers({
      urls: () => urls,
      publicUrls: new Map(config.peers.flatMap(({ address, publicUrl }) => (publicUrl ? [[address, publicUrl]] : []))),
      ...{ signer, clock },
      timeoutMs: PEER_MS,
      stopping: stopping.signal,
      ...(seams.fetch && { fetch: seams.fetch }),
    });
    const pools = knownPools(store, chainId);
    const book = createPoolBook({
      chain,
      store,
      blobs,
      peers,
      clock,
      knows: async (pool) => (await pools.get(pool)) !== null,
    });
    const mailbox = createMailbox({
      chainId,
      store,
      book,
      recover: fastRecover,
      time: () => time,
      onNew: (id) => void driver.nudge(id).catch((error: unknown) => log.warn({ error }, "a round was not asked for")),
    });
    const { pollMs } = config.chain;
    const { handoverSeconds } = config.submitter;
    const parts = {
      ...{ chain, store, blobs, signer, peers, book, mailbox, metrics, log, clock, pollMs, handoverSeconds },
      time: () => time,
      faulty: config.faulty,
      stopping: stopping.signal,
      models: judgesOf(config.models, await readJudgeKeys(config.models)),
      hiding: await openHiding(config),
    };
    const roles: RoundRole[] = [];
    const has = (role: NodeConfig["roles"][number]): boolean => config.roles.includes(role);
    const intake = has("intake") ? await startIntake(config, { ...parts, queue }) : null;
    const interviewer = intake && (await startInterviewer(config, { ...parts, intake }));
    if (intake !== null && interviewer !== null) roles.push(freezing(intake, interviewer, parts));
    const assessor = nodeAssessor(parts);
    if (has("assessor")) roles.push(assessing(assessor, parts));
    const submitter = has("submitter") ? nodeSubmitter(config, { ...parts, account, assessor }) : null;
    if (submitter !== null) roles.push(submitter.role);
    const progress = createProgressKeeper({ store, self: signer.address, time: () => time, clock });
    const driver = createDriver({
      ...{ chain, store, queue, roles, progress, log, span: traces.span },
      pools: async () => ofManagers(await pools.list(), config.chain.managers),
      time: () => time,
      onObstacle: (obstacle) => metrics.count("guerdon_round_obstacles_total", { obstacle }),
    });

    showRounds({ metrics, store, chainId, pools, time: () => time });
    const seal = createSealer({
      ...{ chain, signer },
      factory: config.chain.factory,
      signs: async (pool) => (await pools.get(pool))?.signs === true,
    });
    const watchedTime = (): number | null => watched;
    const served = {
      ...parts,
      jobs,
      pools,
      intake,
      interviewer,
      bell,
      seal,
      watchedTime,
      stopping: stopping.signal,
      stack,
    };
    const health = nodeHealth(served);
    const url = await serveApi(config, served, health);
    if (!urls.has(signer.address)) urls.set(signer.address, url);

    driver.start();
    await startNodeWebhooks(config, { store, queue, clock, metrics, log, bell }, stack);
    const ticking = ticker(
      pollMs,
      () => driver.tick(),
      (error) => log.warn({ error }, "rounds were not looked at"),
    );
    stack.push("rounds", ticking);
    const sweep = (): Promise<unknown> => sweepAccess(store, clock());
    stack.push(
      "sweeping",
      ticker(SWEEP_MS, sweep, (error) => log.warn({ error }, "old sessions were not removed")),
    );
    if (has("assessor")) {
      const forget = forgetting({ ...parts, chainId });
      const looking = ticker(FORGET_MS, forget, (error) => {
        log.warn({ error }, "it was not looked whether evidence was erased");
      });
      stack.push("forgetting", looking);
    }
    const watcher = watchChain({
      ...{ chain, store, clock },
      node: signer.address,
      others: has("intake"),
      fromBlock: config.chain.factoryBlock,
      intervalMs: pollMs,
      async onHead(head) {
        time = head.latest.time;
        metrics.set("guerdon_chain_finalized_height", {}, Number(head.finalized.number));
        watched = head.finalized.time;
        metrics.set("guerdon_chain_block_age_seconds", {}, head.lagSeconds);
        metrics.set("guerdon_endpoints_disagree", {}, 0);
        if (head.reorgDepth > 0) metrics.count("guerdon_reorgs_total", {});
        await submitter?.onHead(head);
      },
      onPool: ({ pool }) => log.info({ pool }, "a pool of this node was found"),
      onTrouble(error, nextMs) {
        metrics.set("guerdon_endpoints_disagree", {}, 1);
        log.warn({ error, nextMs }, "the chain could not be followed now");
      },
    });
    stack.push("watcher", () => watcher.stop());
    const opsUrl = await serveOperator(config, served, health);
    log.info({ address: signer.address, url, roles: config.roles.join(",") }, "the node is at work");
    return { address: signer.address, url, opsUrl };
  }
}

/** Does something again and again, a pause after each time. @returns what stops it, when the last time has ended */
function ticker(ms: number, work: () => Promise<unknown>, onTrouble: (error: unknown) => void): () => Promise<void> {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const again = (): void => {
    running = work()
      .then(() => undefined, onTrouble)
      .then(() => {
        if (!stopped) timer = setTimeout(again, ms);
      });
  };
  again();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
