import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { keccak256, zeroHash, type Hex, type TypedDataDefinition } from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";
import { poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { sealKeyFile } from "../../oracle/adapters/signers/key-file.ts";
import { openAccount } from "../../oracle/adapters/signers/open.ts";
import { SignerError } from "../../oracle/adapters/signers/signer-error.ts";

const KEY = `0x${"4a".repeat(32)}` as const;
const OTHER = `0x${"4b".repeat(32)}` as const;
const LOCAL = privateKeyToAccount(KEY);
const PASSWORD = "correct horse";

async function fault(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(SignerError);
  const { message } = error as SignerError;
  for (const secret of [KEY.slice(2), PASSWORD]) expect(message).not.to.contain(secret);
  return message;
}

describe("a key in an encrypted file", () => {
  let folder: string;
  let path: string;
  let passwordPath: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-key-"));
    [path, passwordPath] = [join(folder, "key.json"), join(folder, "password")];
    await writeFile(path, await sealKeyFile(KEY, PASSWORD));
    await writeFile(passwordPath, `${PASSWORD}\n`);
  });
  after(() => rm(folder, { recursive: true }));

  const open = (file: string, password: string) => openAccount({ kind: "file", path: file, passwordPath: password });

  it("opens with its password", async () => {
    expect((await open(path, passwordPath)).address).to.equal(LOCAL.address);
  });

  it("does not open with another one, nor with a space more", async () => {
    const wrong = join(folder, "wrong");
    for (const password of ["other", `${PASSWORD} `, ""]) {
      await writeFile(wrong, password);
      expect(await fault(open(path, wrong))).to.equal(`the password does not open ${path}`);
    }
  });

  it("says which file is missing or is no key file", async () => {
    expect(await fault(open(join(folder, "none"), passwordPath))).to.contain("none cannot be read (ENOENT)");
    expect(await fault(open(path, join(folder, "no-password")))).to.contain("no-password cannot be read (ENOENT)");
    const bad = join(folder, "bad.json");
    for (const text of ["", "{}", `{"version":3}`, `{"version":4,"crypto":{}}`, KEY]) {
      await writeFile(bad, text);
      expect(await fault(open(bad, passwordPath))).to.equal(`${bad} is no key file of version 3`);
    }
  });

  it("is refused where another address is expected", async () => {
    const other = privateKeyToAccount(OTHER).address.toLowerCase();
    expect(await fault(openAccount({ kind: "key", key: KEY }, other))).to.contain(other);
    expect((await openAccount({ kind: "key", key: KEY }, LOCAL.address.toLowerCase())).address).to.equal(LOCAL.address);
  });
});

describe("a key at a remote signer", () => {
  /** What the server answers to the bytes it is asked to sign. */
  let answer: (data: Hex) => Promise<{ status?: number; body: string }>;
  let server: Server;
  let url: string;
  let paths: string[];

  const honest = async (data: Hex) => ({ body: await sign({ hash: keccak256(data), privateKey: KEY, to: "hex" }) });

  before(async () => {
    server = createServer((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { data } = JSON.parse(Buffer.concat(parts).toString()) as { data: Hex };
        void answer(data).then(({ status = 200, body }) => {
          response.writeHead(status, { "content-type": "text/plain" }).end(body);
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    answer = honest;
    paths = [];
  });

  const open = (publicKey: Hex = LOCAL.publicKey) => openAccount({ kind: "remote", url: `${url}/`, publicKey });
  const message = typedData("Report", poolDomain(31_337, LOCAL.address), {
    round: 3,
    specHash: zeroHash,
    evidenceRoot: keccak256("0x01"),
    vector: "0x1234",
  });
  const data = message as unknown as TypedDataDefinition;

  it("signs typed data, messages and transactions as a key at hand does", async () => {
    const remote = await open();
    expect(remote.address).to.equal(LOCAL.address);
    expect(await remote.signTypedData(data)).to.equal(await LOCAL.signTypedData(data));
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await remote.signMessage({ message: text })).to.equal(await LOCAL.signMessage({ message: text }));
      }),
      { numRuns: 20 },
    );
    const transaction = {
      type: "eip1559",
      chainId: 1,
      nonce: 7,
      gas: 21_000n,
      maxFeePerGas: 9n,
      to: LOCAL.address,
    } as const;
    expect(await remote.signTransaction(transaction)).to.equal(await LOCAL.signTransaction(transaction));
    expect(new Set(paths)).to.deep.equal(new Set([`POST /api/v1/eth1/sign/0x${LOCAL.publicKey.slice(4)}`]));
  });

  it("takes the public key with and without its prefix", async () => {
    expect((await open(`0x${LOCAL.publicKey.slice(4)}`)).address).to.equal(LOCAL.address);
  });

  it("takes v as 0 or 1 too", async () => {
    answer = async (bytes) => {
      const { body } = await honest(bytes);
      return { body: `${body.slice(0, 130)}${body.endsWith("1b") ? "00" : "01"}\n` };
    };
    expect(await (await open()).signTypedData(data)).to.equal(await LOCAL.signTypedData(data));
  });

  const bad: Record<string, [answer: typeof answer, words: string]> = {
    "by another key": [
      async (bytes) => ({ body: await sign({ hash: keccak256(bytes), privateKey: OTHER, to: "hex" }) }),
      `did not sign with the key of ${LOCAL.address}`,
    ],
    "over something else": [
      async () => ({ body: await sign({ hash: zeroHash, privateKey: KEY, to: "hex" }) }),
      "did not sign with the key",
    ],
    "that recovers nothing": [() => Promise.resolve({ body: `0x${"ff".repeat(64)}1b` }), "did not sign with the key"],
    "cut short": [() => Promise.resolve({ body: `0x${"11".repeat(64)}` }), "a signature of 65 bytes"],
    "in JSON": [() => Promise.resolve({ body: JSON.stringify({ signature: KEY }) }), "a signature of 65 bytes"],
    "with status 404": [() => Promise.resolve({ status: 404, body: KEY }), "does not hold this key"],
    "with status 500": [() => Promise.resolve({ status: 500, body: KEY }), "answers with status 500"],
  };
  for (const [what, [reply, words]] of Object.entries(bad)) {
    it(`refuses an answer ${what}`, async () => {
      answer = reply;
      expect(await fault((await open()).signTypedData(data))).to.contain(words);
    });
  }

  it("says so where nobody answers", async () => {
    const account = await openAccount({ kind: "remote", url: "http://127.0.0.1:1", publicKey: LOCAL.publicKey });
    expect(await fault(account.signTypedData(data))).to.contain("does not answer");
  });
});
