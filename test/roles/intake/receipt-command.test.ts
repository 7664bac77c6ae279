import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Bundle } from "../../../oracle/domain/bundle.ts";
import { documentBytes } from "../../../oracle/domain/canonical.ts";
import { InputError } from "../../../oracle/domain/errors.ts";
import { leafOf } from "../../../oracle/domain/evidence.ts";
import { receiptsData, receiptTree, type Receipt } from "../../../oracle/domain/receipt.ts";
import { checkReceipt, receiptText } from "../../../scripts/guerdon/receipt.ts";
import { accountNamed, intakeAccount, lower, sign } from "../../domain/season/oracle.ts";
import { seasons } from "../../domain/season/seasons.ts";

async function receiptFor(bundle: Bundle, leaf: `0x${string}`, signer = intakeAccount()): Promise<Receipt> {
  const { chainId, pool, round } = bundle;
  const received = { chainId, pool, round, position: 1, leaf, source: "key:sender", receivedAt: 1_700_000_000 };
  const signature = await sign(signer, receiptsData(chainId, pool, receiptTree([received]).root));
  return { format: "guerdon/receipt/1", ...received, intake: lower(signer.address), proof: [], signature };
}

describe("guerdon receipt", () => {
  let folder: string;
  let bundle: Bundle;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-receipt-"));
    bundle = (await seasons()).engine.bundles[0]!;
    await writeFile(join(folder, "bundle.json"), documentBytes(bundle));
  });
  after(() => rm(folder, { recursive: true }));

  const check = async (receipt: object, withBundle: string | null = "bundle.json") => {
    await writeFile(join(folder, "receipt.json"), JSON.stringify(receipt));
    return checkReceipt(join(folder, "receipt.json"), withBundle === null ? undefined : join(folder, withBundle));
  };
  const absent = `0x${"ab".repeat(32)}` as const;

  it("passes a receipt whose item is in the round's evidence", async () => {
    const receipt = await receiptFor(bundle, leafOf(bundle.evidence[0]!));
    expect(await check(receipt)).to.include({ ok: true, omitted: false });
    expect(receiptText(await check(receipt, null)))
      .to.contain("The receipt holds")
      .and.to.match(/PASSED\n$/);
  });

  it("proves an omission where the same intake closed the evidence without the item", async () => {
    const found = await check(await receiptFor(bundle, absent));
    expect(found).to.include({ ok: false, omitted: true });
    expect(receiptText(found)).to.match(/proves an omission.*\nOMITTED\n$/);
  });

  it("proves nothing by a receipt that is forged, or another's", async () => {
    const receipt = await receiptFor(bundle, absent);
    for (const forged of [
      { ...receipt, source: "key:other" },
      { ...receipt, position: 2 },
      { ...receipt, proof: [absent] },
    ]) {
      expect(await check(forged)).to.include({ ok: false, omitted: false });
    }
    const strange = await receiptFor(bundle, absent, accountNamed("stranger"));
    expect(await check(strange)).to.include({ ok: false, omitted: false });
    expect((await check(strange)).found.join()).to.contain("the round's evidence goes to");
  });

  it("proves nothing by a bundle whose evidence the intake did not close so", async () => {
    const evidence = bundle.evidence.map((item, i) => (i === 0 ? { leaf: absent } : item));
    await writeFile(join(folder, "other.json"), documentBytes({ ...bundle, evidence }));
    const found = await check(await receiptFor(bundle, leafOf(bundle.evidence[0]!)), "other.json");
    expect(found).to.include({ ok: false, omitted: false });
    expect(found.found.join()).to.contain("not what the intake closed");
  });

  it("names what is wrong with its files", async () => {
    const receipt = await receiptFor(bundle, absent);
    const refusedWith = async (work: Promise<unknown>, words: string) => {
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect((error as InputError).message).to.contain(words);
    };
    await refusedWith(check(await receiptFor({ ...bundle, round: bundle.round + 1 }, absent)), "another round");
    await refusedWith(check({ ...receipt, leaf: "0x12" }), '"leaf"');
    await refusedWith(check(receipt, "nothing.json"), "cannot be read");
    await refusedWith(check(receipt, "receipt.json"), "receipt.json");
  });

  it("is a command that fails where an item was left out", async () => {
    await check(await receiptFor(bundle, absent));
    const args = [
      "scripts/guerdon.ts",
      "receipt",
      join(folder, "receipt.json"),
      "--bundle",
      join(folder, "bundle.json"),
    ];
    const failed = await promisify(execFile)(process.execPath, args).catch(
      (error: { code: number; stdout: string }) => error,
    );
    expect(failed).to.include({ code: 1 });
    expect(failed.stdout).to.contain("OMITTED");
  });
});
