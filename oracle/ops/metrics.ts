import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS, type MetricName, type MetricRow } from "./metrics-table.ts";

type Table = typeof METRICS;
type OfType<Type extends MetricRow["type"]> = {
  [Name in MetricName]: Table[Name]["type"] extends Type ? Name : never;
}[MetricName];
/** A value for each label of a metric. */
export type Labels<Name extends MetricName> = Readonly<Record<Table[Name]["labels"][number], string>>;
/** What a gauge shows: one value for each set of labels. */
export type Reading<Name extends MetricName> = readonly { readonly labels: Labels<Name>; readonly value: number }[];

/** The metrics of one node. */
export interface Metrics {
  /** Adds to a counter, 1 where not given. */
  count<Name extends OfType<"counter">>(name: Name, labels: Labels<Name>, by?: number): void;
  set<Name extends OfType<"gauge">>(name: Name, labels: Labels<Name>, value: number): void;
  /** Records a duration in seconds. */
  observe<Name extends OfType<"histogram">>(name: Name, labels: Labels<Name>, seconds: number): void;
  /**
   * Reads a gauge anew whenever metrics are asked for; what it showed before is gone. Where reading fails it shows nothing, so that
   * no old value is taken for a new one.
   */
  read<Name extends OfType<"gauge">>(name: Name, reading: () => Reading<Name> | Promise<Reading<Name>>): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Metrics in a registry of their own, so that nodes in one process do not mix.
 * @param processMetrics also those of the process: memory, event loop, file descriptors
 */
export function createMetrics({ processMetrics = false } = {}): Metrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry, prefix: "guerdon_" });
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const readings = new Map<string, () => Promise<void>>();
  for (const [name, row] of Object.entries(METRICS) as [MetricName, MetricRow][]) {
    const settings = { name, help: row.help, labelNames: [...row.labels], registers: [registry] };
    if (row.type === "counter") counters.set(name, new Counter(settings));
    else if (row.type === "gauge") gauges.set(name, emptied(new Gauge(settings)));
    else histograms.set(name, new Histogram({ ...settings, buckets: [...(row.buckets ?? [])] }));
  }

  async function text(): Promise<string> {
    await Promise.all([...readings.values()].map((read) => read()));
    return registry.metrics();
  }

  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    observe: (name, labels, seconds) => histograms.get(name)?.observe(labels, seconds),
    read: (name, reading) => {
      const gauge = gauges.get(name);
      if (gauge !== undefined) readings.set(name, () => refresh(gauge, reading));
    },
    text,
    contentType: registry.contentType,
  };
}

async function refresh<Name extends MetricName>(
  gauge: Gauge,
  reading: () => Reading<Name> | Promise<Reading<Name>>,
): Promise<void> {
  const values = await Promise.resolve()
    .then(reading)
    .catch(() => []);
  emptied(gauge);
  for (const { labels, value } of values) gauge.set(labels, value);
}

/** Without labels a gauge would show 0 before anybody has set it. */
function emptied(gauge: Gauge): Gauge {
  gauge.reset();
  if ("labelNames" in gauge && Array.isArray(gauge.labelNames) && gauge.labelNames.length === 0) gauge.remove();
  return gauge;
}
