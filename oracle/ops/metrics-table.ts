/** One metric. The registry, its types and the table in docs/running.md follow from the table of them. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  /** What it counts, with its unit. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, seconds. */
  readonly buckets?: readonly number[];
}

const QUICK = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** All metrics of a node, by name. Labels take few values: never an address of a caller, an item or a text of others. */
export const METRICS = {
  guerdon_ready: { type: "gauge", help: "1 while the check of readiness passes, else 0", labels: ["check"] },
  guerdon_rounds: {
    type: "gauge",
    help: "Rounds that this node knows, by how far they are",
    labels: ["progress"],
  },
  guerdon_round_deadline_seconds: {
    type: "gauge",
    help: "Seconds of block time left to assess the most urgent round that this node has not signed; absent where there is none",
    labels: [],
  },
  guerdon_round_obstacles_total: {
    type: "counter",
    help: "Looks at a round that could not go on, by what was in the way",
    labels: ["obstacle"],
  },
  guerdon_chain_finalized_height: { type: "gauge", help: "Number of the newest final block", labels: [] },
  guerdon_chain_lag_seconds: {
    type: "gauge",
    help: "How far the watcher is behind the newest final block, seconds of block time",
    labels: [],
  },
  guerdon_chain_block_age_seconds: {
    type: "gauge",
    help: "The node's clock minus the time of the newest block, seconds; negative where the clock is slow",
    labels: [],
  },
  guerdon_endpoint_deviations_total: {
    type: "counter",
    help: "Answers of an endpoint that differ from what the others agree on",
    labels: ["endpoint"],
  },
  guerdon_endpoint_failures_total: {
    type: "counter",
    help: "Questions an endpoint did not answer",
    labels: ["endpoint"],
  },
  guerdon_endpoints_disagree: { type: "gauge", help: "1 while too few endpoints agree to act, else 0", labels: [] },
  guerdon_reorgs_total: { type: "counter", help: "Reorganisations seen above the final block", labels: [] },
  guerdon_abstentions_total: { type: "counter", help: "Scores this node abstained from", labels: [] },
  guerdon_node_deviations_total: {
    type: "counter",
    help: "Deviations of nodes that went into bundles",
    labels: ["node", "kind"],
  },
  guerdon_peer_messages_refused_total: {
    type: "counter",
    help: "Messages of peers that were refused",
    labels: ["reason"],
  },
  guerdon_spend_wei: { type: "gauge", help: "Cost of transactions within the last 24 hours, wei", labels: [] },
  guerdon_spend_limit_wei: { type: "gauge", help: "Most that transactions may cost within 24 hours, wei", labels: [] },
  guerdon_outbox_pending: { type: "gauge", help: "Signed transactions that are not yet final", labels: [] },
  guerdon_queue_jobs: { type: "gauge", help: "Jobs in the queue", labels: ["kind", "state"] },
  guerdon_evidence_items_total: { type: "counter", help: "Items of evidence accepted", labels: ["kind"] },
  guerdon_evidence_bytes_total: { type: "counter", help: "Bytes of evidence accepted", labels: ["kind"] },
  guerdon_intake_refusals_total: { type: "counter", help: "Evidence that was refused", labels: ["reason"] },
  guerdon_http_request_seconds: {
    type: "histogram",
    help: "Duration of requests, seconds",
    labels: ["route", "method", "status"],
    buckets: QUICK,
  },
  guerdon_store_seconds: {
    type: "histogram",
    help: "Duration of work of the store, seconds",
    labels: ["operation"],
    buckets: QUICK,
  },
  guerdon_store_errors_total: { type: "counter", help: "Work that the store could not do", labels: ["operation"] },
  guerdon_webhook_deliveries_total: {
    type: "counter",
    help: "Attempts to deliver webhooks; endpoint by its place in the settings",
    labels: ["endpoint", "result"],
  },
} as const satisfies Readonly<Record<`guerdon_${string}`, MetricRow>>;

export type MetricName = keyof typeof METRICS;
