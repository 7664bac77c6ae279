import { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, SpanStatusCode, trace, type Context, type Span, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Censor, Plain } from "./censor.ts";

/** What is said of a piece of work: ids, counts, names. No text of others, no secret. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Does work within a span of that name; spans begun inside belong to it. What the work gives or throws is passed on. */
export type SpanOf = <Result>(name: string, attributes: SpanAttributes, work: () => Promise<Result>) => Promise<Result>;

export interface Traces {
  readonly span: SpanOf;
  /** Sends what has not been sent yet. Never rejects: traces are not worth a failure. */
  stop(): Promise<void>;
}

/** Without a collector: the work alone. */
export const NO_TRACES: Traces = { span: (_name, _attributes, work) => work(), stop: () => Promise.resolve() };

/** Where traces go, and what they say of the node. */
export interface TraceParts {
  /** Collector, OTLP over HTTP. */
  readonly url: string;
  readonly attributes: SpanAttributes;
  readonly censor: Censor;
  /** How long finished spans are gathered, milliseconds. */
  readonly delayMs?: number;
  /** How long sending may take, and so stopping, milliseconds. */
  readonly timeoutMs?: number;
}

/** Traces to a collector. Nothing is registered globally, so that nodes in one process do not mix. */
export function createTraces({ url, attributes, censor, delayMs = 2000, timeoutMs = 5000 }: TraceParts): Traces {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutMs });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "guerdon", ...censored(attributes, censor) }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: delayMs })],
  });
  return {
    span: spansOf(provider.getTracer("guerdon"), censor),
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

function spansOf(tracer: Tracer, censor: Censor): SpanOf {
  const within = new AsyncLocalStorage<Context>();
  return async (name, attributes, work) => {
    const outer = within.getStore() ?? ROOT_CONTEXT;
    const span = tracer.startSpan(name, { attributes: censored(attributes, censor) }, outer);
    try {
      return await within.run(trace.setSpan(outer, span), work);
    } catch (error) {
      fail(span, error, censor);
      throw error;
    } finally {
      span.end();
    }
  };
}

/** Of an error only its name and reason: its message may quote others. */
function fail(span: Span, error: unknown, censor: Censor): void {
  const { name, reason } = error as { name?: unknown; reason?: unknown };
  const message = [name, reason].filter((part) => typeof part === "string").join(": ");
  span.setStatus({ code: SpanStatusCode.ERROR, message: textOf(censor(message)) });
}

function censored(attributes: SpanAttributes, censor: Censor): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, typeof value === "string" ? textOf(censor(value)) : value]),
  );
}

function textOf(shown: Plain): string {
  return typeof shown === "string" ? shown : "";
}
