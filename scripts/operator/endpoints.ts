import { createPublicClient, http, type Hex, type PublicClient } from "viem";
import { failed, ok, warning, type Finding } from "./finding.ts";

/** An endpoint that answered. */
export interface Answering {
  /** In the order given, from 1: URLs may hold keys and are not shown. */
  readonly place: number;
  readonly client: PublicClient;
  readonly chainId: number;
  readonly head: bigint;
}

/** Endpoints that answer and agree, or what is wrong with them. */
export interface EndpointCheck {
  readonly findings: readonly Finding[];
  /** Those that agree with most; empty where too few do. */
  readonly agreeing: readonly Answering[];
}

const TIMEOUT_MS = 10_000;
/** How far below the lowest head blocks are compared, so that a block just made does not count as disagreement. */
const DEPTH = 3n;

/** Whether endpoints answer, name one chain, and have one block in the same place. */
export async function checkEndpoints(urls: readonly string[], agreement: number): Promise<EndpointCheck> {
  const asked = await Promise.all(urls.map(askEndpoint));
  const answering = asked.filter((one): one is Answering => "client" in one);
  const silent = asked.filter((one): one is Finding => "what" in one);
  const findings: Finding[] = [...silent];
  if (urls.length === 1) {
    findings.push(
      warning("endpoints", "there is one alone", "name a second one, of another provider, in GUERDON_RPC_URLS"),
    );
  }
  const agreeing = await mostAgreeing(answering);
  const [first] = agreeing;
  if (first === undefined || agreeing.length < agreement) {
    const found = `${agreeing.length} of ${urls.length} agree; ${agreement} must`;
    return { agreeing: [], findings: [...findings, failed("endpoints agree", found, "replace those that differ")] };
  }
  for (const { place } of answering.filter((one) => !agreeing.includes(one))) {
    findings.push(
      warning(`endpoint ${place}`, "differs from the others", "replace it, or wait until it has caught up"),
    );
  }
  findings.push(ok("endpoints agree", `${agreeing.length} of ${urls.length}, on chain ${first.chainId}`));
  return { agreeing, findings };
}

async function askEndpoint(url: string, index: number): Promise<Answering | Finding> {
  const client = createPublicClient({ transport: http(url, { timeout: TIMEOUT_MS, retryCount: 1 }), cacheTime: 0 });
  const place = index + 1;
  try {
    const [chainId, head] = await Promise.all([client.getChainId(), client.getBlockNumber()]);
    return { place, client, chainId, head };
  } catch {
    return warning(
      `endpoint ${place}`,
      `no answer within ${TIMEOUT_MS / 1000} s`,
      "check its address, its key and the network",
    );
  }
}

/** The largest group that names the same chain and the same block. */
async function mostAgreeing(answering: readonly Answering[]): Promise<readonly Answering[]> {
  const lowest = answering.reduce<bigint | null>((low, { head }) => (low === null || head < low ? head : low), null);
  if (lowest === null) return [];
  const blockNumber = lowest > DEPTH ? lowest - DEPTH : 0n;
  const groups = new Map<string, Answering[]>();
  for (const one of answering) {
    const hash = await one.client.getBlock({ blockNumber }).then(
      (block): Hex | null => block.hash,
      () => null,
    );
    const key = `${one.chainId} ${hash ?? `none ${one.place}`}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].sort((one, other) => other.length - one.length)[0] ?? [];
}
