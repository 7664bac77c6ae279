import { z } from "zod";
import { bytes32Schema, hexSchema } from "../domain/schema.ts";
import { anyAddress, flag, httpUrl, list, origin, peer, peerOrigin, text, whole } from "./forms.ts";
import type { SettingTable } from "./setting.ts";

/** What a node can be. */
export const ROLES = ["intake", "assessor", "submitter"] as const;
export type Role = (typeof ROLES)[number];

const PORT = whole(0, 65_535);

export const ROLE_SETTINGS = {
  GUERDON_ROLES: {
    description: "What this process does, between commas: `intake`, `assessor`, `submitter`.",
    schema: list(z.enum(ROLES, `must be of ${ROLES.join(", ")}`)),
    default: ROLES.join(","),
  },
  GUERDON_FAULTY: {
    description: "`true` makes the node lie, to see that it changes nothing.",
    schema: flag,
    default: "false",
  },
} as const satisfies SettingTable;

export const CHAIN_SETTINGS = {
  GUERDON_RPC_URLS: {
    description:
      "JSON-RPC endpoints of the chain, between commas, best of different providers. With one alone the node believes whatever it says.",
    schema: list(httpUrl),
    required: true,
    secret: true,
    example: "http://127.0.0.1:8545",
  },
  GUERDON_RPC_AGREEMENT: {
    description:
      "How many endpoints must give the same answer: more than half of them, which is also taken where unset.",
    schema: whole(1, 100),
    example: "2",
  },
  GUERDON_CONFIRMATIONS: {
    description:
      "What counts as final: the chain's own `finalized` block, or so many blocks below the newest, 0 to 512.",
    schema: z.union([z.literal("finalized"), whole(0, 512)], "must be finalized or a whole number from 0 to 512"),
    default: "finalized",
  },
  GUERDON_FACTORY: {
    description: "Factory whose pools the node works for.",
    schema: anyAddress,
    required: true,
    example: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  },
  GUERDON_FACTORY_BLOCK: {
    description: "First block that is searched for pools: the one the factory was deployed in.",
    schema: whole(0, Number.MAX_SAFE_INTEGER).transform(BigInt),
    default: "0",
  },
  GUERDON_MANAGERS: {
    description:
      "Managers whose pools the node assesses and pays gas for, between commas. Where unset, it works for every pool of the factory that names its oracle: anyone can make one, and the node spends up to its limit on it.",
    schema: list(anyAddress),
    example: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  },
  GUERDON_POLL_MS: {
    description: "How often the chain is asked for news, milliseconds.",
    schema: whole(50, 600_000),
    default: "4000",
  },
} as const satisfies SettingTable;

export const KEY_SETTINGS = {
  GUERDON_NODE_KEY: {
    description:
      "The node's private key, 32 bytes in lower-case hexadecimal. For tests; elsewhere use a key file or a remote signer.",
    schema: bytes32Schema,
    secret: true,
  },
  GUERDON_KEY_FILE: {
    description: "Encrypted key file of the node (Web3 Secret Storage, version 3).",
    schema: text,
    example: "/etc/guerdon/key.json",
  },
  GUERDON_KEY_PASSWORD_FILE: {
    description: "File that holds the password of the key file; one line end at its end is not part of it.",
    schema: text,
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
    schema: anyAddress,
  },
} as const satisfies SettingTable;

export const PEER_SETTINGS = {
  GUERDON_PEERS: {
    description: "The other nodes and the intake, between commas: each its address, `=` and the URL it answers at.",
    schema: list(peer, ({ address }) => address),
    example: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8=https://node-2.example.org",
  },
  GUERDON_PEER_PUBLIC_URLS: {
    description:
      "The `GUERDON_PUBLIC_URL` of those of `GUERDON_PEERS` that this node reaches at another URL, between commas: each its address, `=` and that URL. To read private evidence a node signs in at the intake, which takes a sign-in to its public URL alone.",
    schema: list(peerOrigin, ({ address }) => address),
    example: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8=https://guerdon.example.org",
  },
} as const satisfies SettingTable;

export const LISTEN_SETTINGS = {
  GUERDON_HOST: {
    description: "Address to listen on. Behind a proxy that ends TLS, keep it local.",
    schema: text,
    default: "127.0.0.1",
  },
  GUERDON_PORT: {
    description: "Port to listen on; 0 takes any free one.",
    schema: PORT,
    default: "0",
  },
  GUERDON_PUBLIC_URL: {
    description:
      "Where people reach the node: what they sign in to names its host, which must be a name with a dot, `localhost` or an IPv4 address. Where unset, the address listened on.",
    schema: origin,
    example: "https://guerdon.example.org",
  },
  GUERDON_CORS_ORIGINS: {
    description: "Origins whose pages may read answers, between commas; none where unset.",
    schema: list(origin),
    example: "https://app.example.org",
  },
  GUERDON_TRUST_PROXY: {
    description:
      "How many proxies stand in front: the caller's address is taken so far from the right of `X-Forwarded-For`; 0 takes that of the connection.",
    schema: whole(0, 10),
    default: "0",
  },
  GUERDON_OPS_HOST: {
    description:
      "Address on which health, metrics and queue are served. They are for the operator: never reachable from outside.",
    schema: text,
    default: "127.0.0.1",
  },
  GUERDON_OPS_PORT: {
    description: "Port for health, metrics and queue; 0 takes any free one.",
    schema: PORT,
    default: "0",
  },
} as const satisfies SettingTable;
