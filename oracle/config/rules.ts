import { familyOf } from "../domain/text/model-name.ts";
import { isLoopback, MODEL_SETTINGS } from "./models.ts";
import { given, type Environment } from "./read.ts";
import type { SettingName, Values } from "./settings.ts";
import { S3_TOGETHER } from "./storage.ts";

/** Settings of which exactly one says where the node's key is. */
export const KEY_PLACES = ["GUERDON_NODE_KEY", "GUERDON_KEY_FILE", "GUERDON_SIGNER_URL"] as const;

/** A setting that does nothing, or does not suffice, without another. */
const NEEDS: readonly (readonly [setting: SettingName, needed: SettingName])[] = [
  ["GUERDON_KEY_FILE", "GUERDON_KEY_PASSWORD_FILE"],
  ["GUERDON_KEY_PASSWORD_FILE", "GUERDON_KEY_FILE"],
  ["GUERDON_SIGNER_URL", "GUERDON_SIGNER_PUBLIC_KEY"],
  ["GUERDON_SIGNER_PUBLIC_KEY", "GUERDON_SIGNER_URL"],
  ["GUERDON_REDIS_FSYNC", "GUERDON_REDIS_URL"],
  ["GUERDON_REDIS_WAIT_REPLICAS", "GUERDON_REDIS_URL"],
  ["GUERDON_REDIS_WAIT_MS", "GUERDON_REDIS_URL"],
  ["GUERDON_S3_PREFIX", "GUERDON_S3_BUCKET"],
  ["GUERDON_WEBHOOKS", "GUERDON_WEBHOOK_SECRET_FILE"],
  ["GUERDON_WEBHOOK_SECRET_FILE", "GUERDON_WEBHOOKS"],
  ["OPENAI_MODEL", "OPENAI_BASE_URL"],
];

/** Faults that lie in no setting alone. A setting whose own value is at fault is not judged again. */
export function crossFaults(values: Values, environment: Environment): string[] {
  const isGiven = (name: string): boolean => given(environment, name) !== undefined;
  return [
    ...keyPlaces(isGiven),
    ...needed(NEEDS, isGiven),
    ...s3(isGiven),
    ...agreement(values),
    ...roles(values, isGiven),
    ...peers(values),
    ...publicUrls(values, isGiven),
    ...models(values, isGiven),
  ];
}

/** The same, of the settings of models alone. */
export function modelFaults(values: Values, environment: Environment): string[] {
  const isGiven = (name: string): boolean => given(environment, name) !== undefined;
  const own = NEEDS.filter(([name]) => name in MODEL_SETTINGS);
  return [...needed(own, isGiven), ...models(values, isGiven)];
}

function needed(pairs: typeof NEEDS, isGiven: (name: string) => boolean): string[] {
  return pairs.flatMap(([name, other]) =>
    isGiven(name) && !isGiven(other) ? [`${other}: must be set with ${name}`] : [],
  );
}

function keyPlaces(isGiven: (name: string) => boolean): string[] {
  const named = KEY_PLACES.filter(isGiven);
  if (named.length === 1) return [];
  const found = named.length === 0 ? "none is" : `${named.join(" and ")} are`;
  return [`exactly one of ${KEY_PLACES.join(", ")} must be set; ${found}`];
}

function s3(isGiven: (name: string) => boolean): string[] {
  const first = S3_TOGETHER.find(isGiven);
  if (first === undefined) return [];
  return S3_TOGETHER.filter((name) => !isGiven(name)).map((name) => `${name}: must be set with ${first}`);
}

/** Two halves of the endpoints must not be able to agree on different things. */
function agreement({ GUERDON_RPC_URLS: urls, GUERDON_RPC_AGREEMENT: wanted }: Values): string[] {
  if (urls === undefined || wanted === undefined) return [];
  const least = majority(urls.length);
  if (wanted >= least && wanted <= urls.length) return [];
  const limit = `from ${least} to ${urls.length}, with ${urls.length} endpoints in GUERDON_RPC_URLS`;
  return [`GUERDON_RPC_AGREEMENT: must be ${limit} (found "${wanted}")`];
}

/** More than half. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

function roles({ GUERDON_ROLES: named }: Values, isGiven: (name: string) => boolean): string[] {
  if (named === undefined) return [];
  const faults: string[] = [];
  if (named.includes("intake") && !isGiven("GUERDON_MASTER_KEY_FILE")) {
    faults.push("GUERDON_MASTER_KEY_FILE: must be set for the role intake");
  }
  if (!named.includes("intake") && !isGiven("GUERDON_PEERS")) {
    faults.push("GUERDON_PEERS: must name the intake, where GUERDON_ROLES does not");
  }
  return faults;
}

function publicUrls(values: Values, isGiven: (name: string) => boolean): string[] {
  const { GUERDON_PEERS: named, GUERDON_PEER_PUBLIC_URLS: known = [] } = values;
  if (named === undefined && isGiven("GUERDON_PEERS")) return [];
  const others = known.filter(({ address }) => !named?.some((peer) => peer.address === address));
  return others.map(
    ({ address }) => `GUERDON_PEER_PUBLIC_URLS: must name nodes of GUERDON_PEERS alone (found "${address}")`,
  );
}

function peers({ GUERDON_PEERS: named, GUERDON_NODE_ADDRESS: own }: Values): string[] {
  if (named === undefined || own === undefined || !named.some(({ address }) => address === own)) return [];
  return [`GUERDON_PEERS: must not name the node itself (found "${own}", which is GUERDON_NODE_ADDRESS)`];
}

function models(values: Values, isGiven: (name: string) => boolean): string[] {
  const { OPENAI_MODEL: model, OPENAI_BASE_URL: url, GUERDON_JUDGES: named } = values;
  if (model === undefined) return [];
  const faults: string[] = [];
  if (url !== undefined && !isLoopback(url) && !isGiven("OPENAI_API_KEY")) {
    faults.push("OPENAI_API_KEY: must be set with OPENAI_MODEL, but for endpoints of this machine");
  }
  const family = familyOf(model);
  // Models of one family err together, and would count as several opinions.
  if (named?.some((judge) => judge.family === family) === true) {
    faults.push(`GUERDON_JUDGES: must not name the family of OPENAI_MODEL (found "${family}")`);
  }
  return faults;
}
