import type { z } from "zod";
import { MODEL_SETTINGS } from "./models.ts";
import { CHAIN_SETTINGS, KEY_SETTINGS, LISTEN_SETTINGS, PEER_SETTINGS, ROLE_SETTINGS } from "./network.ts";
import type { SettingTable } from "./setting.ts";
import { STORE_SETTINGS } from "./storage.ts";
import { INTAKE_SETTINGS, RUNNING_SETTINGS, SUBMITTER_SETTINGS } from "./work.ts";

/** The settings as people read them: by what they are about, in this order. */
export const GROUPS = [
  { title: "Roles", settings: ROLE_SETTINGS },
  { title: "Chain", settings: CHAIN_SETTINGS },
  { title: "Key", settings: KEY_SETTINGS },
  { title: "Peers", settings: PEER_SETTINGS },
  { title: "Listening", settings: LISTEN_SETTINGS },
  { title: "Stores", settings: STORE_SETTINGS },
  { title: "Intake", settings: INTAKE_SETTINGS },
  { title: "Models", settings: MODEL_SETTINGS },
  { title: "Submitter", settings: SUBMITTER_SETTINGS },
  { title: "Running", settings: RUNNING_SETTINGS },
] as const satisfies readonly { readonly title: string; readonly settings: SettingTable }[];

/** All settings, by environment variable. */
export const SETTINGS = {
  ...ROLE_SETTINGS,
  ...CHAIN_SETTINGS,
  ...KEY_SETTINGS,
  ...PEER_SETTINGS,
  ...LISTEN_SETTINGS,
  ...STORE_SETTINGS,
  ...INTAKE_SETTINGS,
  ...MODEL_SETTINGS,
  ...SUBMITTER_SETTINGS,
  ...RUNNING_SETTINGS,
} as const satisfies SettingTable;

type Table = typeof SETTINGS;
export type SettingName = keyof Table;
/** Settings that have a value in every node that starts. */
type Sure = { [N in SettingName]: Table[N] extends { default: string } | { required: true } ? N : never }[SettingName];
type Value<N extends SettingName> = z.output<Table[N]["schema"]>;

/** What was read of each setting; `undefined` where it is unset. */
export type Values = { [N in Sure]: Value<N> } & { [N in Exclude<SettingName, Sure>]: Value<N> | undefined };

/** Variables with our prefix that other programs of the project read: deployment, which knows one endpoint. */
export const ELSEWHERE: ReadonlySet<string> = new Set(["GUERDON_DEPLOYER_KEY", "GUERDON_RPC_URL"]);
