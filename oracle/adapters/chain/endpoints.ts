import type { PublicClient } from "viem";
import { EndpointsError } from "./endpoints-error.ts";
import { openEndpoint, type Endpoint, type Patience } from "./endpoint.ts";
import { vote, type Deviation } from "./vote.ts";

/** What a chain is reached through. */
export interface EndpointsOptions extends Partial<Patience> {
  /** JSON-RPC over HTTP; each by another operator, as far as the agreement is to mean something. */
  readonly urls: readonly string[];
  /** How many must give the same answer: more than one where there are several. A majority, and at least 2 of 2, where not given. */
  readonly agreement?: number;
  /** The chain they must be of; what enough of them say where not given. */
  readonly chainId?: number;
  /** Hears of every answer that deviates from what enough others say, and of every failure. */
  readonly onDeviation?: (deviation: Deviation) => void;
}

/** Several endpoints that are believed only together. */
export interface Endpoints {
  readonly chainId: number;
  readonly agreement: number;
  readonly count: number;
  /** The answer that enough endpoints give. */
  ask<T>(what: string, read: (client: PublicClient) => Promise<T>): Promise<T>;
  /**
   * What the endpoints say, each for itself, for what may differ between honest ones: waits for enough, and a little for the rest.
   * @param least how many are enough; the agreement where not given
   * @throws EndpointsError where too few answer
   */
  gather<T>(what: string, read: (client: PublicClient) => Promise<T>, least?: number): Promise<T[]>;
}

/** How long endpoints that are late are waited for once enough have answered, milliseconds. */
const GRACE_MS = 500;

/**
 * @throws RangeError where the agreement does not fit the number of endpoints
 * @throws EndpointsError where too few answer, or they are of another chain
 */
export async function openEndpoints(options: EndpointsOptions): Promise<Endpoints> {
  const { urls, onDeviation = () => undefined } = options;
  const agreement = agreementOf(urls.length, options.agreement);
  const patience = { timeoutMs: options.timeoutMs ?? 10_000, retries: options.retries ?? 2 };
  let chainId: number | null = null;
  const all = urls.map((url, i) => openEndpoint(url, i + 1, patience, () => chainId));

  const ask = <T>(what: string, read: (client: PublicClient) => Promise<T>): Promise<T> =>
    vote(
      all.map((one) => one.ask(read)),
      { what, agreement, onDeviation },
    );

  const found = await ask("the chain's id", (client) => client.getChainId()).catch(asOtherChain);
  if (options.chainId !== undefined && found !== options.chainId) {
    throw new EndpointsError("other-chain", `the endpoints are of chain ${found}, not of ${options.chainId}`);
  }
  chainId = found;
  return {
    chainId,
    agreement,
    count: all.length,
    ask,
    gather: (what, read, least = agreement) => gather(all, read, { what, least, onDeviation }),
  };
}

/** How many of so many endpoints must agree. */
export function agreementOf(count: number, given?: number): number {
  if (count < 1) throw new RangeError("a chain needs at least one endpoint");
  if (given === undefined) return Math.max(Math.min(count, 2), Math.floor(count / 2) + 1);
  const least = Math.min(count, 2);
  if (Number.isInteger(given) && given >= least && given <= count) return given;
  throw new RangeError(`${given} of ${count} endpoints cannot have to agree; expected ${least} to ${count}`);
}

function asOtherChain(error: unknown): never {
  if (!(error instanceof EndpointsError) || error.reason !== "disagree") throw error;
  throw new EndpointsError("other-chain", `the endpoints are of different chains: ${error.message}`);
}

interface Gathering {
  readonly what: string;
  readonly least: number;
  readonly onDeviation: (deviation: Deviation) => void;
}

function gather<T>(
  all: readonly Endpoint[],
  read: (client: PublicClient) => Promise<T>,
  { what, least, onDeviation }: Gathering,
): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const values: T[] = [];
    let outstanding = all.length;
    let timer: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      if (values.length >= least) return resolve([...values]);
      const need = `${least} of ${all.length} endpoints must answer about ${what}`;
      reject(new EndpointsError("unavailable", `${need}; ${values.length} do`));
    };
    const take = async (one: Endpoint): Promise<void> => {
      const answer = await one.ask(read);
      outstanding -= 1;
      if (answer.kind === "value") values.push(answer.value);
      else onDeviation({ endpoint: one.number, what, how: answer.kind === "failed" ? answer.how : "fails" });
      if (outstanding === 0) finish();
      else if (values.length === least) timer ??= setTimeout(finish, GRACE_MS);
    };
    for (const one of all) void take(one);
  });
}
