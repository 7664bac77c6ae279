import { join } from "node:path";
import type { Hex } from "viem";
import type { Peer } from "./config/forms.ts";
import { MODEL_SETTINGS, type NamedJudge } from "./config/models.ts";
import type { Role } from "./config/network.ts";
import { readValues, SettingsError, type Environment } from "./config/read.ts";
import { crossFaults, majority, modelFaults } from "./config/rules.ts";
import type { Values } from "./config/settings.ts";
import type { LogLevel } from "./config/work.ts";
import { familyOf } from "./domain/text/model-name.ts";

export { SettingsError };

/** Where a node's key is. */
export type KeySource =
  | { readonly kind: "key"; readonly key: Hex }
  | { readonly kind: "file"; readonly path: string; readonly passwordPath: string }
  | { readonly kind: "remote"; readonly url: string; readonly publicKey: Hex };

/** How a node reads the chain. */
export interface ChainConfig {
  readonly urls: readonly string[];
  /** How many of them must give the same answer: more than half, at most all. */
  readonly agreement: number;
  /** The chain's own finality, or blocks below the newest. */
  readonly confirmations: "finalized" | number;
  /** Lower case. */
  readonly factory: Hex;
  /** First block with pools. */
  readonly factoryBlock: bigint;
  /** Whose pools are assessed and submitted, lower case; everybody's where not given. */
  readonly managers: readonly Hex[] | undefined;
  readonly pollMs: number;
}

/** Where a node listens for everybody. */
export interface ListenConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Scheme, host and port people use; where not given, those listened on. */
  readonly publicUrl: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Number of proxies whose word on the caller's address is taken. */
  readonly trustProxy: number;
}

/** Where a node remembers. */
export type StoreConfig =
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "redis";
      readonly url: string;
      /** Least `appendfsync` of the server. */
      readonly fsync: "always" | "everysec";
      readonly prefix: string;
      readonly waitReplicas: number;
      readonly waitMs: number;
    };

/** Where a node keeps large things. */
export type BlobConfig =
  | { readonly kind: "files"; readonly path: string }
  | {
      readonly kind: "s3";
      readonly endpoint: string;
      readonly bucket: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      /** Empty, or ends in a slash. */
      readonly prefix: string;
    };

export interface IntakeConfig {
  /** Present where the node has the role intake. */
  readonly masterKeyFile: string | undefined;
  readonly maxUploadBytes: number;
  readonly maxTelemetryBytes: number;
  readonly linkAllowPrivate: boolean;
  /** Accounts that may run interviews beside the node's own, lower case. */
  readonly interviewers: readonly Hex[];
  readonly rateLimitPerMinute: number;
}

/** A model that judges, and where it is. */
export interface JudgeConfig extends Omit<NamedJudge, "keyFile"> {
  readonly key: { readonly kind: "none" } | { readonly kind: "key"; readonly key: string } | KeyFile;
}

interface KeyFile {
  readonly kind: "file";
  readonly path: string;
}

/** What a node judges with. */
export interface ModelsConfig {
  /** Of different families; none where criteria that need a judge abstain. */
  readonly judges: readonly JudgeConfig[];
  /** Of all judges together. */
  readonly tokensPerRound: number;
  /** Questions to one model at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface SubmitterConfig {
  /** Seconds of block time. */
  readonly handoverSeconds: number;
  /** Within 24 hours. */
  readonly spendLimitWei: bigint;
  readonly distribute: boolean;
  readonly distributeBatch: number;
  readonly replaceAfterSeconds: number;
  /** Wei for each unit of gas. */
  readonly maxFeeWei: bigint | undefined;
}

/** Another node, or the intake. */
export interface PeerConfig extends Peer {
  /** Where people reach it, if this node reaches it elsewhere. */
  readonly publicUrl?: string;
}

/** All that is set about a node. */
export interface NodeConfig {
  readonly roles: readonly Role[];
  readonly chain: ChainConfig;
  readonly key: KeySource;
  /** Address the key must have, lower case. */
  readonly address: Hex | undefined;
  readonly peers: readonly PeerConfig[];
  readonly listen: ListenConfig;
  /** Where it listens for its operator. */
  readonly ops: { readonly host: string; readonly port: number };
  readonly dataDir: string;
  readonly store: StoreConfig;
  readonly blobs: BlobConfig;
  readonly intake: IntakeConfig;
  readonly models: ModelsConfig;
  readonly submitter: SubmitterConfig;
  readonly logLevel: LogLevel;
  readonly otlpUrl: string | undefined;
  /** `null` where nobody is told. */
  readonly webhooks: { readonly urls: readonly string[]; readonly secretFile: string } | null;
  readonly stopMs: number;
  readonly faulty: boolean;
}

/**
 * Reads the settings of a node from the environment. An empty variable counts as unset.
 * @throws SettingsError that names every fault, with value and limit; the value of a secret is left out
 */
export function readConfig(environment: Environment): NodeConfig {
  const { values, faults } = readValues(environment);
  const all = [...faults, ...crossFaults(values, environment)];
  if (all.length > 0) throw new SettingsError(all);
  return {
    roles: values.GUERDON_ROLES,
    chain: chainOf(values),
    key: keyOf(values),
    address: values.GUERDON_NODE_ADDRESS,
    peers: peersOf(values),
    listen: listenOf(values),
    ops: { host: values.GUERDON_OPS_HOST, port: values.GUERDON_OPS_PORT },
    dataDir: values.GUERDON_DATA_DIR,
    store: storeOf(values),
    blobs: blobsOf(values),
    intake: intakeOf(values),
    models: modelsOf(values),
    submitter: submitterOf(values),
    logLevel: values.GUERDON_LOG_LEVEL,
    otlpUrl: values.GUERDON_OTLP_URL,
    webhooks: webhooksOf(values),
    stopMs: values.GUERDON_STOP_SECONDS * 1000,
    faulty: values.GUERDON_FAULTY,
  };
}

/**
 * Reads the settings of models alone, as whoever judges without being a node has them.
 * @throws SettingsError as `readConfig`
 */
export function readModels(environment: Environment): ModelsConfig {
  const { values, faults } = readValues(environment);
  const own = faults.filter((fault) => fault.slice(0, fault.indexOf(":")) in MODEL_SETTINGS);
  const all = [...own, ...modelFaults(values, environment)];
  if (all.length > 0) throw new SettingsError(all);
  return modelsOf(values);
}

function chainOf(values: Values): ChainConfig {
  const urls = values.GUERDON_RPC_URLS;
  return {
    urls,
    agreement: values.GUERDON_RPC_AGREEMENT ?? majority(urls.length),
    confirmations: values.GUERDON_CONFIRMATIONS,
    factory: values.GUERDON_FACTORY,
    factoryBlock: values.GUERDON_FACTORY_BLOCK,
    managers: values.GUERDON_MANAGERS,
    pollMs: values.GUERDON_POLL_MS,
  };
}

/** Only called where exactly one place is given, with what belongs to it. */
function keyOf(values: Values): KeySource {
  if (values.GUERDON_NODE_KEY !== undefined) return { kind: "key", key: values.GUERDON_NODE_KEY };
  if (values.GUERDON_KEY_FILE !== undefined) {
    return { kind: "file", path: values.GUERDON_KEY_FILE, passwordPath: values.GUERDON_KEY_PASSWORD_FILE! };
  }
  return { kind: "remote", url: values.GUERDON_SIGNER_URL!, publicKey: values.GUERDON_SIGNER_PUBLIC_KEY! };
}

function peersOf({ GUERDON_PEERS: named = [], GUERDON_PEER_PUBLIC_URLS: known = [] }: Values): PeerConfig[] {
  return named.map((peer) => {
    const publicUrl = known.find(({ address }) => address === peer.address)?.url;
    return publicUrl === undefined ? peer : { ...peer, publicUrl };
  });
}

function listenOf(values: Values): ListenConfig {
  return {
    host: values.GUERDON_HOST,
    port: values.GUERDON_PORT,
    publicUrl: values.GUERDON_PUBLIC_URL,
    corsOrigins: values.GUERDON_CORS_ORIGINS ?? [],
    trustProxy: values.GUERDON_TRUST_PROXY,
  };
}

function storeOf(values: Values): StoreConfig {
  const url = values.GUERDON_REDIS_URL;
  if (url === undefined) return { kind: "sqlite", path: join(values.GUERDON_DATA_DIR, "node.db") };
  return {
    kind: "redis",
    url,
    fsync: values.GUERDON_REDIS_FSYNC,
    prefix: values.GUERDON_REDIS_PREFIX,
    waitReplicas: values.GUERDON_REDIS_WAIT_REPLICAS,
    waitMs: values.GUERDON_REDIS_WAIT_MS,
  };
}

function blobsOf(values: Values): BlobConfig {
  const endpoint = values.GUERDON_S3_ENDPOINT;
  if (endpoint === undefined) return { kind: "files", path: join(values.GUERDON_DATA_DIR, "blobs") };
  return {
    kind: "s3",
    endpoint,
    bucket: values.GUERDON_S3_BUCKET!,
    region: values.GUERDON_S3_REGION!,
    accessKeyId: values.GUERDON_S3_ACCESS_KEY_ID!,
    secretAccessKey: values.GUERDON_S3_SECRET_ACCESS_KEY!,
    prefix: values.GUERDON_S3_PREFIX ?? "",
  };
}

function intakeOf(values: Values): IntakeConfig {
  return {
    masterKeyFile: values.GUERDON_MASTER_KEY_FILE,
    maxUploadBytes: values.GUERDON_MAX_UPLOAD_BYTES,
    maxTelemetryBytes: values.GUERDON_MAX_TELEMETRY_BYTES,
    linkAllowPrivate: values.GUERDON_LINK_ALLOW_PRIVATE,
    interviewers: values.GUERDON_INTERVIEWERS ?? [],
    rateLimitPerMinute: values.GUERDON_RATE_LIMIT_PER_MINUTE,
  };
}

function modelsOf(values: Values): ModelsConfig {
  const named = (values.GUERDON_JUDGES ?? []).map(({ keyFile, ...judge }): JudgeConfig => {
    return { ...judge, key: keyFile === null ? { kind: "none" } : { kind: "file", path: keyFile } };
  });
  return {
    judges: [...firstJudge(values), ...named],
    tokensPerRound: values.GUERDON_MODEL_TOKENS_PER_ROUND,
    concurrency: values.GUERDON_MODEL_CONCURRENCY,
    timeoutMs: values.GUERDON_MODEL_TIMEOUT_SECONDS * 1000,
    retries: values.GUERDON_MODEL_RETRIES,
  };
}

/** The one that three settings suffice for. */
function firstJudge({ OPENAI_MODEL: model, OPENAI_BASE_URL: url, OPENAI_API_KEY: key }: Values): JudgeConfig[] {
  if (model === undefined || url === undefined) return [];
  return [
    {
      family: familyOf(model),
      model,
      url,
      key: key === undefined ? { kind: "none" } : { kind: "key", key },
      returns: [],
      format: "json_schema",
      stream: false,
      embeddings: null,
    },
  ];
}

function submitterOf(values: Values): SubmitterConfig {
  return {
    handoverSeconds: values.GUERDON_HANDOVER_SECONDS,
    spendLimitWei: values.GUERDON_SPEND_LIMIT_WEI,
    distribute: values.GUERDON_DISTRIBUTE,
    distributeBatch: values.GUERDON_DISTRIBUTE_BATCH,
    replaceAfterSeconds: values.GUERDON_REPLACE_AFTER_SECONDS,
    maxFeeWei: values.GUERDON_MAX_FEE_GWEI,
  };
}

function webhooksOf(values: Values): NodeConfig["webhooks"] {
  const urls = values.GUERDON_WEBHOOKS;
  return urls === undefined ? null : { urls, secretFile: values.GUERDON_WEBHOOK_SECRET_FILE! };
}
