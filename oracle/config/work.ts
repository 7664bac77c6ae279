import { z } from "zod";
import { amount, anyAddress, flag, gwei, httpUrl, list, text, whole } from "./forms.ts";
import type { SettingTable } from "./setting.ts";

const MIB = 1024 * 1024;
const DAY = 86_400;

export const INTAKE_SETTINGS = {
  GUERDON_MASTER_KEY_FILE: {
    description: "File with 32 bytes in hexadecimal that wrap the keys of private evidence. Needed by the role intake.",
    schema: text,
    example: "/run/secrets/guerdon-master-key",
  },
  GUERDON_MAX_UPLOAD_BYTES: {
    description: "Largest document that is taken in, bytes.",
    schema: whole(1024, 1024 * MIB),
    default: String(20 * MIB),
  },
  GUERDON_MAX_TELEMETRY_BYTES: {
    description: "Largest batch of telemetry that is taken in, bytes; more is sent in several.",
    schema: whole(1024, 64 * MIB),
    default: String(8 * MIB),
  },
  GUERDON_LINK_ALLOW_PRIVATE: {
    description: "`true` lets links of evidence lead into private networks. For tests only.",
    schema: flag,
    default: "false",
  },
  GUERDON_INTERVIEWERS: {
    description:
      "Accounts that may run interviews beside the node's own, between commas: they draw whom to ask, and make the links.",
    schema: list(anyAddress),
    example: "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
  },
  GUERDON_RATE_LIMIT_PER_MINUTE: {
    description: "Requests that are taken from one address in a minute.",
    schema: whole(1, 1_000_000),
    default: "600",
  },
} as const satisfies SettingTable;

export const SUBMITTER_SETTINGS = {
  GUERDON_HANDOVER_SECONDS: {
    description:
      "How long each node has to submit an assessment before it is the next node's turn, seconds of block time.",
    schema: whole(1, 30 * DAY),
    default: "600",
  },
  GUERDON_SPEND_LIMIT_WEI: {
    description:
      "Most that transactions may cost within 24 hours, wei; payouts and fees at most half of it. At the limit the node stops sending.",
    schema: amount,
    default: String(10n ** 17n),
  },
  GUERDON_DISTRIBUTE: {
    description: "Whether the node pays providers and the fee out after settlement, so that none needs to claim.",
    schema: flag,
    default: "true",
  },
  GUERDON_DISTRIBUTE_BATCH: {
    description: "Providers paid in one transaction.",
    schema: whole(1, 700),
    default: "200",
  },
  GUERDON_REPLACE_AFTER_SECONDS: {
    description: "After how long a transaction that is not mined is sent again with a higher fee, seconds.",
    schema: whole(1, DAY),
    default: "120",
  },
  GUERDON_MAX_FEE_GWEI: {
    description: "Highest price of gas that is offered, gwei. Where unset, the spend limit alone bounds it.",
    schema: gwei,
    example: "50",
  },
} as const satisfies SettingTable;

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const RUNNING_SETTINGS = {
  GUERDON_LOG_LEVEL: {
    description: "Least level that is logged: `debug`, `info`, `warn`, `error`.",
    schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`),
    default: "info",
  },
  GUERDON_OTLP_URL: {
    description: "Collector of traces, OTLP over HTTP, with its path. Where unset, nothing is traced.",
    schema: httpUrl,
    secret: true,
    example: "http://127.0.0.1:4318/v1/traces",
  },
  GUERDON_WEBHOOKS: {
    description: "URLs that are told of deadlines, settlements, challenges and spending, between commas.",
    schema: list(httpUrl),
    secret: true,
    example: "https://hooks.example.org/guerdon",
  },
  GUERDON_WEBHOOK_SECRET_FILE: {
    description: "File with the secret webhooks are signed with: `whsec_` and 24 to 64 bytes in base64.",
    schema: text,
    example: "/run/secrets/guerdon-webhook-secret",
  },
  GUERDON_STOP_SECONDS: {
    description: "How long work under way may take to end after SIGTERM, seconds.",
    schema: whole(1, 600),
    default: "20",
  },
} as const satisfies SettingTable;
