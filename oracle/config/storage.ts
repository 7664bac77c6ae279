import { z } from "zod";
import { baseUrl, redisUrl, text, whole } from "./forms.ts";
import type { SettingTable } from "./setting.ts";

export const STORE_SETTINGS = {
  GUERDON_DATA_DIR: {
    description: "Folder of the embedded store and of blobs. Only one process may use it.",
    schema: text,
    default: ".guerdon/node",
  },
  GUERDON_REDIS_URL: {
    description:
      "Redis that all processes of this operator share. Where unset, the node keeps its state in its data folder.",
    schema: redisUrl,
    secret: true,
    example: "redis://127.0.0.1:6379/0",
  },
  GUERDON_REDIS_FSYNC: {
    description:
      "What Redis must be set to in `appendfsync`; the node does not start on less. `everysec` may lose a second.",
    schema: z.enum(["always", "everysec"], "must be always or everysec"),
    default: "always",
  },
  GUERDON_REDIS_PREFIX: {
    description: "What the keys of this operator begin with, so that several can share a server.",
    schema: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, "must be 1 to 64 letters, digits and ._:-"),
    default: "guerdon",
  },
  GUERDON_REDIS_WAIT_REPLICAS: {
    description: "How many replicas must have a write before it counts as made.",
    schema: whole(0, 10),
    default: "0",
  },
  GUERDON_REDIS_WAIT_MS: {
    description: "How long to wait for the replicas, milliseconds; then the write counts as not made.",
    schema: whole(1, 60_000),
    default: "1000",
  },
  GUERDON_S3_ENDPOINT: {
    description: "S3-compatible store for blobs. Where unset, they are files in the data folder.",
    schema: baseUrl,
    example: "https://s3.example.org",
  },
  GUERDON_S3_BUCKET: {
    description: "Bucket of the blobs.",
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name: 3 to 63 of a-z, 0-9, . and -"),
    example: "guerdon-evidence",
  },
  GUERDON_S3_REGION: {
    description: "Region of the bucket.",
    schema: text,
    example: "eu-central-1",
  },
  GUERDON_S3_ACCESS_KEY_ID: {
    description: "Name of the key for the bucket.",
    schema: text,
  },
  GUERDON_S3_SECRET_ACCESS_KEY: {
    description: "The key for the bucket.",
    schema: text,
    secret: true,
  },
  GUERDON_S3_PREFIX: {
    description: "What the names of all blobs begin with, so that nodes can share a bucket.",
    schema: z
      .string()
      .regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)+$/, "must be names of letters, digits and _-. that each end in /"),
    example: "node-1/",
  },
} as const satisfies SettingTable;

/** Of the S3 settings those that are given together or not at all. */
export const S3_TOGETHER = [
  "GUERDON_S3_ENDPOINT",
  "GUERDON_S3_BUCKET",
  "GUERDON_S3_REGION",
  "GUERDON_S3_ACCESS_KEY_ID",
  "GUERDON_S3_SECRET_ACCESS_KEY",
] as const;
