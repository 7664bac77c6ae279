import { execFile } from "node:child_process";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { openOutFolder } from "../../scripts/season/out-folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SEASON = new Map(["result.json", "chain.json", "bundle-0.json", "seal.json"].map((name) => [name, bytes("new")]));
const EARLIER = { "bundle-0.json": "old", "bundle-1.json": "old", "result.json": "old" };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What the folder holds: file names with their texts. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await files.readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await files.readFile(join(folder, name), "utf8")])),
  );
}

/** Runs an action in which the renames a test chooses, counted from 1, fail. */
async function withFailingRenames(fails: (count: number) => boolean, action: () => Promise<unknown>): Promise<void> {
  const { rename } = files;
  let count = 0;
  files.rename = (from, to) =>
    fails(++count) ? Promise.reject(Object.assign(new Error("no"), { code: "EIO" })) : rename(from, to);
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    files.rename = rename;
    syncBuiltinESMExports();
  }
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => "nothing was thrown",
    (error: unknown) => (error as Error).message,
  );
}

describe("the folder of a season's files", () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await files.mkdtemp(join(tmpdir(), "guerdon-out-"));
    folder = join(root, "out");
  });
  afterEach(() => files.rm(root, { recursive: true, force: true }));

  async function layEarlier(): Promise<void> {
    await files.mkdir(folder);
    for (const [name, text] of Object.entries(EARLIER)) await files.writeFile(join(folder, name), text);
  }

  it("holds the new files and none of an earlier season", async () => {
    await layEarlier();
    await (await openOutFolder(folder)).write(SEASON);
    expect(await contents(folder)).to.deep.equal({
      "bundle-0.json": "new",
      "chain.json": "new",
      "result.json": "new",
      "seal.json": "new",
    });
  });

  it("holds an earlier season's files and nothing else, whichever rename fails", async () => {
    await layEarlier();
    const renames = Object.keys(EARLIER).length + SEASON.size;
    for (let failing = 1; failing <= renames; failing++) {
      const out = await openOutFolder(folder);
      await withFailingRenames(
        (count) => count === failing,
        async () =>
          expect(await messageOf(out.write(SEASON)))
            .to.contain("--out")
            .and.to.contain("EIO"),
      );
      expect(await contents(folder), `rename ${failing}`).to.deep.equal(EARLIER);
    }
  });

  it("says where an earlier season's files are if they cannot be moved back", async () => {
    await layEarlier();
    const out = await openOutFolder(folder);
    await withFailingRenames(
      (count) => count > 2,
      async () => expect(await messageOf(out.write(SEASON))).to.match(/\.partial-\w+\/earlier/),
    );
    const [partial] = (await files.readdir(folder)).filter((name) => name.startsWith(".partial-"));
    expect(await contents(join(folder, partial!, "earlier"))).to.deep.equal({
      "bundle-0.json": "old",
      "bundle-1.json": "old",
    });
  });

  it("is refused, and left alone, if it holds a folder or a link by the name of a season's file", async () => {
    for (const lay of [(path: string) => files.mkdir(path), (path: string) => files.symlink("result.json", path)]) {
      await layEarlier();
      await lay(join(folder, "chain.json"));
      const before = await files.readdir(folder);
      expect(await messageOf(openOutFolder(folder)))
        .to.contain("other files")
        .and.to.contain('"chain.json"');
      expect(await files.readdir(folder)).to.deep.equal(before);
      await files.rm(folder, { recursive: true });
    }
  });

  it("stays as it was if a folder by the name of a season's file appears meanwhile", async () => {
    await layEarlier();
    const out = await openOutFolder(folder);
    await files.mkdir(join(folder, "chain.json"));
    expect(await messageOf(out.write(SEASON))).to.contain("other files");
    await files.rmdir(join(folder, "chain.json"));
    expect(await contents(folder)).to.deep.equal(EARLIER);
  });

  it("is removed again, with those above it, if it cannot be written to", async () => {
    const script = `
      import { openOutFolder } from "./scripts/season/out-folder.ts";
      await openOutFolder(${JSON.stringify(join(root, "above", "out"))}).catch((error) => console.log(error.message));`;
    // Not even one byte may be written.
    const command = `ulimit -f 0; exec "$0" --import tsx --input-type=module --eval "$1"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", command, process.execPath, script], { cwd: ROOT });
    expect(stdout).to.contain("--out").and.to.contain("EFBIG");
    expect(await files.readdir(root)).to.deep.equal([]);
  });

  it("takes the folders above it along if it cannot be made", async () => {
    const path = join(root, "above", "x".repeat(300));
    expect(await messageOf(openOutFolder(path))).to.contain("ENAMETOOLONG");
    expect(await files.readdir(root)).to.deep.equal([]);
  });
});
