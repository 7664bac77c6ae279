import { z } from "zod";
import { addressSchema, bytes32Schema, hexSchema } from "./domain/schema.ts";

/** One setting of a node. Types, validation at start, censoring and docs/settings.md all follow from the table of them. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** What it is for, with units: one sentence or two. */
  readonly description: string;
  readonly schema: Schema;
  /** In the form of the environment variable. Without one the setting is unset. */
  readonly default?: string;
  readonly example?: string;
  /** Its value appears nowhere, not in errors, logs or stores: a key, or a URL that may hold one. */
  readonly secret?: true;
}

const httpUrl = z.url({ protocol: /^https?$/, error: "must be a URL of http or https" });

/** All settings, by environment variable. */
export const SETTINGS = {
  GUERDON_RPC_URL: {
    description: "JSON-RPC endpoint of the chain.",
    schema: httpUrl,
    secret: true,
    example: "http://127.0.0.1:8545",
  },
  GUERDON_HOST: {
    description: "Address to listen on. Behind a proxy that ends TLS, keep it local.",
    schema: z.string().min(1),
    default: "127.0.0.1",
  },
  GUERDON_PORT: {
    description: "Port to listen on; 0 takes any free one.",
    schema: z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.int().max(65_535)),
    default: "0",
  },
  GUERDON_NODE_KEY: {
    description:
      "The node's private key, 32 bytes in lower-case hexadecimal. For tests; elsewhere use a key file or a remote signer.",
    schema: bytes32Schema,
    secret: true,
  },
  GUERDON_KEY_FILE: {
    description: "Encrypted key file of the node (Web3 Secret Storage, version 3).",
    schema: z.string().min(1),
    example: "/etc/guerdon/key.json",
  },
  GUERDON_KEY_PASSWORD_FILE: {
    description: "File that holds the password of the key file; one line end at its end is not part of it.",
    schema: z.string().min(1),
    example: "/run/secrets/guerdon-key-password",
  },
  GUERDON_SIGNER_URL: {
    description: "Remote signer that holds the node's key, speaking Web3Signer's ETH1 API.",
    schema: httpUrl,
    secret: true,
    example: "http://127.0.0.1:9000",
  },
  GUERDON_SIGNER_PUBLIC_KEY: {
    description: "Public key of the node at the remote signer, uncompressed: 64 bytes, or 65 that begin with 04.",
    schema: hexSchema.refine((key) => /^0x(?:04)?[0-9a-f]{128}$/.test(key), "must be an uncompressed public key"),
  },
  GUERDON_NODE_ADDRESS: {
    description: "Address the node must turn out to have; it does not start with another.",
    schema: addressSchema,
  },
  GUERDON_FAULTY: {
    description: "`true` makes the node lie, to see that it changes nothing.",
    schema: z.enum(["true", "false"]).transform((text) => text === "true"),
    default: "false",
  },
} as const satisfies Record<`GUERDON_${string}`, Setting>;

export type SettingName = keyof typeof SETTINGS;
type Defaulted = { [N in SettingName]: (typeof SETTINGS)[N] extends { default: string } ? N : never }[SettingName];
type Value<N extends SettingName> = z.output<(typeof SETTINGS)[N]["schema"]>;
type Values = { [N in Defaulted]: Value<N> } & { [N in Exclude<SettingName, Defaulted>]: Value<N> | undefined };

/** Where a node's key is. */
export type KeySource =
  | { readonly kind: "key"; readonly key: `0x${string}` }
  | { readonly kind: "file"; readonly path: string; readonly passwordPath: string }
  | { readonly kind: "remote"; readonly url: string; readonly publicKey: `0x${string}` };

export interface NodeConfig {
  readonly rpcUrl: string;
  readonly host: string;
  readonly port: number;
  readonly key: KeySource;
  readonly address: `0x${string}` | undefined;
  readonly faulty: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot be used; all their faults at once. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`settings:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/** Variables with our prefix that other programs of the project read. */
const ELSEWHERE = new Set(["GUERDON_DEPLOYER_KEY"]);

/**
 * Reads the settings of a node from the environment. An empty variable counts as unset.
 * @throws SettingsError that names every fault, with value and limit; the value of a secret is left out
 */
export function readConfig(environment: Environment): NodeConfig {
  const faults = unknownSettings(environment);
  const read = Object.entries(SETTINGS).map(([name, setting]: [string, Setting]) => {
    const text = given(environment, name) ?? setting.default;
    if (text === undefined) return [name, undefined];
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    const found = setting.secret ? "" : ` (found ${JSON.stringify(text)})`;
    faults.push(...parsed.error.issues.map(({ message }) => `${name}: ${message}${found}`));
    return [name, undefined];
  });
  const values = Object.fromEntries(read) as Values;
  if (given(environment, "GUERDON_RPC_URL") === undefined) faults.push("GUERDON_RPC_URL: must be set");
  const key = keySource(values, environment, faults);
  if (faults.length > 0 || key === null) throw new SettingsError(faults);
  return {
    rpcUrl: values.GUERDON_RPC_URL!,
    host: values.GUERDON_HOST,
    port: values.GUERDON_PORT,
    key,
    address: values.GUERDON_NODE_ADDRESS,
    faulty: values.GUERDON_FAULTY,
  };
}

function given(environment: Environment, name: string): string | undefined {
  return environment[name] === "" ? undefined : environment[name];
}

/** A misspelt setting would otherwise leave its default in force, silently. */
function unknownSettings(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("GUERDON_") && !(name in SETTINGS) && !ELSEWHERE.has(name))
    .map((name) => `${name}: there is no such setting`);
}

const KEY_SETTINGS = ["GUERDON_NODE_KEY", "GUERDON_KEY_FILE", "GUERDON_SIGNER_URL"] as const;

/** `null` where it is not said, or not well: then `faults` has got at least one more, or had one of these variables. */
function keySource(values: Values, environment: Environment, faults: string[]): KeySource | null {
  const named = KEY_SETTINGS.filter((name) => given(environment, name) !== undefined);
  if (named.length !== 1) {
    const found = named.length === 0 ? "none is" : `${named.join(" and ")} are`;
    faults.push(`exactly one of ${KEY_SETTINGS.join(", ")} must be set; ${found}`);
    return null;
  }
  if (values.GUERDON_NODE_KEY !== undefined) return { kind: "key", key: values.GUERDON_NODE_KEY };
  if (values.GUERDON_KEY_FILE !== undefined) {
    const passwordPath = values.GUERDON_KEY_PASSWORD_FILE;
    if (passwordPath !== undefined) return { kind: "file", path: values.GUERDON_KEY_FILE, passwordPath };
    faults.push("GUERDON_KEY_PASSWORD_FILE: must be set with GUERDON_KEY_FILE");
  }
  if (values.GUERDON_SIGNER_URL !== undefined) {
    const publicKey = values.GUERDON_SIGNER_PUBLIC_KEY;
    if (publicKey !== undefined) return { kind: "remote", url: values.GUERDON_SIGNER_URL, publicKey };
    if (given(environment, "GUERDON_SIGNER_PUBLIC_KEY") === undefined) {
      faults.push("GUERDON_SIGNER_PUBLIC_KEY: must be set with GUERDON_SIGNER_URL");
    }
  }
  return null;
}
