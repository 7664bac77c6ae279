import { createHash, randomUUID } from "node:crypto";
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { StoreUnavailable, type BlobStore } from "../../ports.ts";
import { checkBlobKey, checkBlobPrefix } from "./blob-keys.ts";

export interface S3Options {
  /** URL of the service; the region's own of AWS where not given. */
  readonly endpoint?: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Before every key: empty, or ends in a slash. Empty where not given. */
  readonly prefix?: string;
  /** Whether the bucket is named in the path rather than in the host; true where not given, as self-hosted services want it. */
  readonly pathStyle?: boolean;
  /** How long one request may take, ms; 30,000 where not given. A request is tried three times. */
  readonly timeoutMs?: number;
}

/** A blob store that holds connections. */
export interface S3Blobs extends BlobStore {
  close(): void;
}

/**
 * Blobs in a bucket of a service that speaks S3. The service answers a write once it is durable; writing a key again writes the same
 * bytes, so a repeated request does no harm. Every write carries its MD5, so what was damaged on the way is refused.
 * @throws StoreUnavailable where the bucket cannot be reached, or keeps old versions: there `remove` would remove nothing
 */
export async function openS3Blobs(options: S3Options): Promise<S3Blobs> {
  const { bucket: Bucket, prefix: before = "" } = options;
  const client = clientOf(options);
  const place = (key: string) => ({ Bucket, Key: before + key });

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    const ContentMD5 = createHash("md5").update(bytes).digest("base64");
    await client.send(new PutObjectCommand({ ...place(key), Body: bytes, ContentLength: bytes.length, ContentMD5 }));
  }

  async function get(key: string): Promise<Uint8Array | null> {
    try {
      const { Body } = await client.send(new GetObjectCommand(place(key)));
      return Body === undefined ? null : await Body.transformToByteArray();
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return null;
      throw error;
    }
  }

  async function remove(key: string): Promise<void> {
    await client.send(new DeleteObjectCommand(place(key)));
  }

  async function* keys(prefix: string): AsyncGenerator<string> {
    checkBlobPrefix(prefix);
    // The first form of listing goes on from a key, and every service knows it.
    for (let Marker: string | undefined, more = true; more;) {
      const list = new ListObjectsCommand({ Bucket, Prefix: before + prefix, ...(Marker !== undefined && { Marker }) });
      const { Contents = [], IsTruncated } = await available(() => client.send(list));
      yield* Contents.map(({ Key }) => Key!.slice(before.length));
      Marker = Contents.at(-1)?.Key;
      more = IsTruncated === true && Marker !== undefined;
    }
  }

  async function probe(): Promise<void> {
    const key = `probe-${randomUUID()}`;
    await put(key, new Uint8Array(1));
    await remove(key);
  }

  try {
    await available(() => checkBucket(client, Bucket));
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    put: (key, bytes) => checked(key, () => put(key, bytes)),
    get: (key) => checked(key, () => get(key)),
    remove: (key) => checked(key, () => remove(key)),
    keys,
    probe: () => available(probe),
    close: () => client.destroy(),
  };
}

function clientOf(options: S3Options): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, pathStyle = true, timeoutMs = 30_000 } = options;
  return new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 3,
    requestHandler: {
      requestTimeout: timeoutMs,
      connectionTimeout: Math.min(timeoutMs, 5_000),
      throwOnRequestTimeout: true,
    },
    // Not every service knows the newer checksums; MD5 is with every write.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

async function checkBucket(client: S3Client, Bucket: string): Promise<void> {
  await client.send(new HeadBucketCommand({ Bucket }));
  const status = await versioningOf(client, Bucket);
  if (status === undefined) return;
  throw new StoreUnavailable(
    `S3: versioning of the bucket is ${status}; expected a bucket that never had it, since erasing must leave no old version`,
  );
}

/** Services that have no versions answer nothing, or that they do not know the question. */
async function versioningOf(client: S3Client, Bucket: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status;
  } catch (error) {
    if ((error as Error).name === "NotImplemented") return undefined;
    throw error;
  }
}

async function checked<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
  checkBlobKey(key);
  return available(work);
}

/** The library's errors may quote addresses and answers: only their kind is passed on. */
async function available<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    const { name, code } = error as NodeJS.ErrnoException;
    throw new StoreUnavailable(`S3: ${code ?? name}`);
  }
}
