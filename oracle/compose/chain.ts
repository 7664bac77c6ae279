import type { NodeConfig } from "../config.ts";
import { openChain, type OpenChain } from "../adapters/chain/open-chain.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Logger, Store } from "../ports.ts";

/** Opens the chain as it is set, with every deviation of an endpoint told. @throws EndpointsError */
export function openNodeChain(
  { chain }: Pick<NodeConfig, "chain">,
  store: Store,
  metrics: Metrics,
  log: Logger,
): Promise<OpenChain> {
  const { urls, agreement, confirmations, factory } = chain;
  return openChain({
    urls,
    agreement,
    factory,
    store,
    finality: confirmations === "finalized" ? { by: "tag" } : { by: "depth", confirmations },
    onDeviation({ endpoint, what, how }) {
      const name = how === "fails" ? "guerdon_endpoint_failures_total" : "guerdon_endpoint_deviations_total";
      metrics.count(name, { endpoint: String(endpoint) });
      log.warn({ endpoint, what, how }, "an endpoint does not say what others do");
    },
  });
}
