import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openFileBlobs } from "../../../oracle/adapters/blobs/files.ts";
import { openS3Blobs, type S3Options } from "../../../oracle/adapters/blobs/s3.ts";
import { asNobody } from "../../support/nobody.ts";
import { S3_KEYS, startS3, type S3Server } from "../../support/s3.ts";
import { unavailable } from "../../support/unavailable.ts";
import { describeBlobs, keysOf } from "./contract.ts";

const SECRET = Buffer.from("what somebody asked to be forgotten");

/** Files below a folder that hold these bytes. */
async function filesWith(folder: string, bytes: Buffer): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  return paths.filter((_, index) => contents[index]!.includes(bytes));
}

describe("blobs in files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-blobs-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describeBlobs(async () => {
    const own = await mkdtemp(join(tmpdir(), "guerdon-blobs-"));
    return { blobs: await openFileBlobs(join(own, "deep", "blobs")), dispose: () => rm(own, { recursive: true }) };
  });

  it("are there again after opening anew, and removed ones are in no file", async () => {
    await (await openFileBlobs(folder)).put("a", SECRET);
    const blobs = await openFileBlobs(folder);
    expect(await filesWith(folder, SECRET)).to.have.length(1);
    await blobs.remove("a");
    expect(await filesWith(folder, SECRET)).to.deep.equal([]);
  });

  it("clears away parts an hour after their writing was broken off, not before", async () => {
    await openFileBlobs(folder);
    const [old, recent] = [join(folder, "tmp", "old"), join(folder, "tmp", "recent")];
    for (const path of [old, recent]) await writeFile(path, SECRET);
    const hourAgo = Date.now() / 1_000 - 3_700;
    await utimes(old, hourAgo, hourAgo);
    const blobs = await openFileBlobs(folder);
    expect(await readdir(join(folder, "tmp"))).to.deep.equal(["recent"]);
    expect(await keysOf(blobs)).to.deep.equal([]);
  });

  it("put a file of the wrong length right", async () => {
    const blobs = await openFileBlobs(folder);
    await blobs.put("a", SECRET);
    const [path] = await filesWith(folder, SECRET);
    await writeFile(path!, SECRET.subarray(0, 5));
    await blobs.put("a", SECRET);
    expect(Buffer.from((await blobs.get("a"))!)).to.deep.equal(SECRET);
  });

  it("say so where nothing can be written, and leave no part", async () => {
    const blobs = await openFileBlobs(folder);
    await blobs.put("a", SECRET);
    const parts = join(folder, "tmp");
    await chmod(folder, 0o755);
    await chmod(parts, 0o555);
    await asNobody(async () => {
      expect(await unavailable(blobs.put("b", SECRET))).to.contain("EACCES");
      expect(await unavailable(blobs.probe())).to.contain("EACCES");
    });
    await chmod(parts, 0o700);
    await rm(parts, { recursive: true });
    expect(await unavailable(blobs.probe())).to.contain("ENOENT");
    expect(await unavailable(blobs.put("b", SECRET))).to.contain("ENOENT");
    await mkdir(parts);
    await blobs.probe();
    expect(await readdir(parts)).to.deep.equal([]);
  });

  it("cannot be opened where a file is in the way", async () => {
    await writeFile(join(folder, "file"), "");
    expect(await unavailable(openFileBlobs(join(folder, "file")))).to.match(/EEXIST|ENOTDIR/);
  });

  it("have everything that was acknowledged, whole, when the process is killed", async () => {
    const source = `import("${new URL("../../../oracle/adapters/blobs/files.ts", import.meta.url).href}").then(async (own) => {
      const blobs = await own.openFileBlobs(${JSON.stringify(folder)});
      for (let i = 0; ; i++) {
        await blobs.put("k/" + i, Buffer.alloc(50_000, i % 256));
        process.stdout.write("k/" + i + "\\n");
      }
    })`;
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    while (said.split("\n").length < 50) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    await once(child.stdout, "close");
    const blobs = await openFileBlobs(folder);
    const acknowledged = said.split("\n").slice(0, -1);
    for (const key of await keysOf(blobs)) {
      const expected = Buffer.alloc(50_000, Number(key.slice(2)) % 256);
      expect(Buffer.compare((await blobs.get(key))!, expected), key).to.equal(0);
    }
    expect(await keysOf(blobs)).to.include.members(acknowledged);
  });
});

describe("blobs in S3", () => {
  let server: S3Server;
  let prefixes = 0;
  before(async () => {
    server = await startS3("evidence", "other");
  });
  after(() => server.stop());

  const openWith = (options: Partial<S3Options> = {}) =>
    openS3Blobs({
      ...S3_KEYS,
      endpoint: server.endpoint,
      bucket: "evidence",
      prefix: `p${++prefixes}/`,
      timeoutMs: 5_000,
      ...options,
    });

  describeBlobs(async () => {
    const blobs = await openWith();
    return { blobs, dispose: () => Promise.resolve(blobs.close()) };
  });

  it("keep prefixes apart, and need none", async () => {
    const [one, none] = [await openWith({ bucket: "other" }), await openWith({ bucket: "other", prefix: "" })];
    await one.put("a", SECRET);
    expect(await keysOf(one)).to.deep.equal(["a"]);
    expect(await keysOf(none)).to.deep.equal([`p${prefixes - 1}/a`]);
    await none.put("a", Buffer.from("x"));
    expect(Buffer.from((await one.get("a"))!)).to.deep.equal(SECRET);
    for (const blobs of [one, none]) blobs.close();
  });

  it("that are removed are in no file of the server", async () => {
    const blobs = await openWith();
    await blobs.put("gone", SECRET);
    expect(await filesWith(join(server.folder, "evidence"), SECRET)).to.have.length(1);
    await blobs.remove("gone");
    expect(await filesWith(join(server.folder, "evidence"), SECRET)).to.deep.equal([]);
    blobs.close();
  });

  it("say so where the bucket is missing or the keys are wrong, without the keys", async () => {
    expect(await unavailable(openWith({ bucket: "missing" }))).to.match(/NotFound|NoSuchBucket/);
    const wrong = await unavailable(openWith({ accessKeyId: "nobody", secretAccessKey: "another secret" }));
    expect(wrong).to.match(/^S3: /).and.not.to.contain("another secret");
  });

  it("say so while the server is down, and come back", async () => {
    const blobs = await openWith();
    await blobs.put("a", SECRET);
    await server.halt();
    await unavailable(blobs.put("b", SECRET));
    await unavailable(blobs.get("a"));
    await unavailable(blobs.remove("a"));
    await unavailable(keysOf(blobs));
    await unavailable(blobs.probe());
    await unavailable(openWith());
    await server.resume();
    expect(Buffer.from((await blobs.get("a"))!)).to.deep.equal(SECRET);
    await blobs.probe();
    blobs.close();
  });

  describe("at services that the test server is not", () => {
    let http: Server;
    let answer: string | null;
    beforeEach(async () => {
      // Versions, and a server that hangs: s3rver knows neither.
      http = createServer((request, response) => {
        if (answer === null) return;
        response.end(request.url!.includes("versioning") ? answer : "");
      }).listen(0, "127.0.0.1");
      await once(http, "listening");
    });
    afterEach(() => {
      http.closeAllConnections();
      http.close();
    });
    const open = () =>
      openWith({ endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, timeoutMs: 300 });
    const versioning = (status: string) => `<VersioningConfiguration>${status}</VersioningConfiguration>`;

    it("are refused where old versions are kept, or were", async () => {
      for (const status of ["Enabled", "Suspended"]) {
        answer = versioning(`<Status>${status}</Status>`);
        expect(await unavailable(open())).to.contain(`versioning of the bucket is ${status}`);
      }
      answer = versioning("");
      (await open()).close();
    });

    it("keep no caller waiting where nothing is answered", async () => {
      answer = null;
      const start = Date.now();
      await unavailable(open());
      expect(Date.now() - start).to.be.lessThan(4_000);
    });
  });
});
