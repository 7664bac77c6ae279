import { expect } from "chai";
import { InputError } from "../../../oracle/domain/errors.ts";
import type { Job, Logger, Queue } from "../../../oracle/ports.ts";
import type { QueueOptions } from "../../../oracle/adapters/queues/jobs.ts";
import { unavailable } from "../../support/unavailable.ts";

/** A place where jobs are kept, and queues of as many processes as wanted on it. */
export interface QueueFixture {
  open(): Queue;
  dispose(): Promise<void>;
}

const silent: Logger = { debug: noop, info: noop, warn: noop, error: noop, child: () => silent };

function noop(): void {
  // Says nothing.
}

/** Short times, so that a test sees a lease end and a delay grow. */
export const QUICK: QueueOptions = {
  log: silent,
  leaseMs: 1_000,
  firstDelayMs: 100,
  longestDelayMs: 250,
  keepFailed: 3,
};

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await sleep(10);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What every queue must do, whatever it is made of. */
export function describeQueue(make: () => Promise<QueueFixture>): void {
  let fixture: QueueFixture;
  let queue: Queue;
  let queues: Queue[];
  /** What was handled, in order. */
  let handled: { id: string; data: unknown; at: number }[];
  const open = () => {
    const opened = fixture.open();
    queues.push(opened);
    return opened;
  };
  beforeEach(async () => {
    fixture = await make();
    [queues, handled] = [[], []];
    queue = open();
  });
  afterEach(async () => {
    await Promise.all(queues.map((one) => one.close()));
    await fixture.dispose();
  });

  const record = (data: unknown, id: string) => {
    handled.push({ id, data, at: Date.now() });
    return Promise.resolve();
  };
  const once = { concurrency: 1, attempts: 1 };
  const job = (id: string, more: Partial<Job> = {}): Job => ({ kind: "k", id, data: { of: id }, ...more });
  const idle = () =>
    until(async () => (await queue.counts()).every(({ waiting, active }) => waiting + active === 0), "an idle queue");
  const failedOf = async (kind: string) => (await queue.counts()).find((one) => one.kind === kind)?.failed ?? 0;

  it("hands every job to its handler once, with data and id as they were given", async () => {
    const ids = ["1", "42", "a/b", "8453:0xabc:7", "a.b_c-d", ":", "x".repeat(300)];
    queue.work("k", record, { concurrency: 2, attempts: 1 });
    await Promise.all(ids.map((id) => queue.add(job(id))));
    await idle();
    expect(handled.map(({ id }) => id))
      .to.have.members(ids)
      .and.to.have.length(ids.length);
    for (const { id, data } of handled) expect(data).to.deep.equal({ of: id });
  });

  it("hands over what was added before there was a handler, in order, also data that is nothing", async () => {
    for (const [index, data] of [null, 0, "", [], { a: [null] }].entries()) await queue.add(job(`j${index}`, { data }));
    expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 5, active: 0, failed: 0 }]);
    queue.work("k", record, once);
    await idle();
    expect(handled.map(({ data }) => data)).to.deep.equal([null, 0, "", [], { a: [null] }]);
  });

  it("keeps kinds apart: the same id may stand in two, and each has its own handler", async () => {
    queue.work("k", record, once);
    queue.work("other", (data, id) => record(data, `other ${id}`), once);
    await Promise.all([queue.add(job("a")), queue.add(job("a", { kind: "other" }))]);
    await idle();
    expect(handled.map(({ id }) => id)).to.have.members(["a", "other a"]);
    expect(() => queue.work("k", record, once)).to.throw("already");
  });

  describe("added again", () => {
    it("while it waits, a job stays as it is, and runs once", async () => {
      await queue.add(job("a", { data: 1 }));
      await Promise.all(
        Array.from({ length: 10 }, () => queue.add(job("a", { data: 2, notBefore: Date.now() + 60_000 }))),
      );
      expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 1, active: 0, failed: 0 }]);
      queue.work("k", record, once);
      await idle();
      expect(handled.map(({ data }) => data)).to.deep.equal([1]);
    });

    it("while it waits for its time, a job keeps that time", async () => {
      const notBefore = Date.now() + 500;
      await queue.add(job("a", { notBefore }));
      await queue.add(job("a"));
      queue.work("k", record, once);
      await until(() => handled.length > 0, "the job");
      expect(handled[0]!.at).to.be.at.least(notBefore);
    });

    it("while it runs, a job is not run again for it", async () => {
      let finish: () => void = noop;
      queue.work(
        "k",
        async (data, id) => {
          await record(data, id);
          await new Promise<void>((resolve) => (finish = resolve));
        },
        once,
      );
      await queue.add(job("a", { data: 1 }));
      await until(() => handled.length === 1, "the job");
      await queue.add(job("a", { data: 2 }));
      expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 0, active: 1, failed: 0 }]);
      finish();
      await idle();
      await sleep(200);
      expect(handled.map(({ data }) => data)).to.deep.equal([1]);
    });

    it("after its end, a job runs again", async () => {
      queue.work("k", record, once);
      for (let run = 1; run <= 3; run++) {
        await queue.add(job("a", { data: run }));
        await until(() => handled.length === run, `run ${run}`);
        await idle();
      }
      expect(handled.map(({ data }) => data)).to.deep.equal([1, 2, 3]);
    });

    it("after it has failed, a job starts anew and is counted as failed no more", async () => {
      let broken = true;
      queue.work(
        "k",
        async (data, id) => {
          await record(data, id);
          if (broken) throw new Error("broken");
        },
        once,
      );
      await queue.add(job("a", { data: 1 }));
      await until(async () => (await failedOf("k")) === 1, "the failure");
      broken = false;
      await queue.add(job("a", { data: 2 }));
      await until(() => handled.length === 2, "the second run");
      await idle();
      expect(handled.map(({ data }) => data)).to.deep.equal([1, 2]);
      expect(await failedOf("k")).to.equal(0);
    });
  });

  describe("in time", () => {
    it("runs nothing before its time, and what is due before what came earlier but is not", async () => {
      const notBefore = Date.now() + 400;
      await queue.add(job("later", { notBefore }));
      await queue.add(job("past", { notBefore: 1 }));
      queue.work("k", record, once);
      await queue.add(job("now"));
      await until(() => handled.length === 3, "three jobs");
      expect(handled.map(({ id }) => id)).to.deep.equal(["past", "now", "later"]);
      expect(handled[2]!.at).to.be.within(notBefore, notBefore + 1_000);
    });

    it("runs as many at once as it may, and no more", async () => {
      let [now, most] = [0, 0];
      queue.work(
        "k",
        async () => {
          most = Math.max(most, ++now);
          await sleep(30);
          now--;
        },
        { concurrency: 4, attempts: 1 },
      );
      await Promise.all(Array.from({ length: 20 }, (_, i) => queue.add(job(`j${i}`))));
      await idle();
      expect(most).to.equal(4);
    });
  });

  describe("where a handler rejects", () => {
    it("tries again after a growing delay, up to so many attempts, then keeps the job as failed", async () => {
      queue.work(
        "k",
        async (data, id) => {
          await record(data, id);
          throw new Error("always");
        },
        { concurrency: 1, attempts: 4 },
      );
      await queue.add(job("a"));
      await until(async () => (await failedOf("k")) === 1, "the failure");
      expect(handled).to.have.length(4);
      const delays = handled.slice(1).map(({ at }, index) => at - handled[index]!.at);
      for (const [index, least] of [100, 200, 250].entries())
        expect(delays[index]).to.be.within(least - 5, least + 700);
      expect(await queue.counts()).to.deep.equal([{ kind: "k", waiting: 0, active: 0, failed: 1 }]);
    });

    it("goes on with other jobs meanwhile, and is content with a later success", async () => {
      queue.work(
        "k",
        async (data, id) => {
          await record(data, id);
          if (id === "a" && handled.filter((one) => one.id === "a").length < 3) throw new Error("not yet");
        },
        { concurrency: 1, attempts: 3 },
      );
      await queue.add(job("a"));
      await queue.add(job("b"));
      await idle();
      expect(handled.map(({ id }) => id)).to.deep.equal(["a", "b", "a", "a"]);
      expect(await failedOf("k")).to.equal(0);
    });

    it("keeps the newest failed jobs, up to a bound", async () => {
      queue.work("k", () => Promise.reject(new Error("always")), once);
      for (let i = 0; i < 6; i++) {
        await queue.add(job(`j${i}`));
        await idle();
      }
      await until(async () => (await failedOf("k")) === 3, "three failed jobs");
    });

    it("survives what is thrown and is no error", async () => {
      queue.work("k", () => Promise.reject("text"), once);
      await queue.add(job("a"));
      await until(async () => (await failedOf("k")) === 1, "the failure");
    });
  });

  describe("with workers in several processes", () => {
    it("runs each job in one of them", async () => {
      const other = open();
      const by = { one: 0, other: 0 };
      const slow = (who: "one" | "other") => async (data: unknown, id: string) => {
        by[who]++;
        await record(data, id);
        await sleep(20);
      };
      queue.work("k", slow("one"), { concurrency: 2, attempts: 1 });
      other.work("k", slow("other"), { concurrency: 2, attempts: 1 });
      await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? queue : other).add(job(`j${i}`))));
      await idle();
      expect(new Set(handled.map(({ id }) => id)).size).to.equal(40);
      expect(handled).to.have.length(40);
      expect(Math.min(by.one, by.other)).to.be.greaterThan(0);
    });

    it("leaves a job with who runs it, longer than a lease", async () => {
      const other = open();
      const slow = async (data: unknown, id: string) => {
        await record(data, id);
        await sleep(2_500);
      };
      for (const one of [queue, other]) one.work("k", slow, { concurrency: 1, attempts: 1 });
      await queue.add(job("a"));
      await until(() => handled.length > 0, "the job");
      await idle();
      expect(handled).to.have.length(1);
    });
  });

  describe("at its end", () => {
    it("waits for what is under way, starts nothing more, and takes nothing more", async () => {
      let ended = 0;
      queue.work(
        "k",
        async (data, id) => {
          await record(data, id);
          await sleep(300);
          ended++;
        },
        once,
      );
      await queue.add(job("a"));
      await queue.add(job("b"));
      await until(() => handled.length === 1, "the first job");
      await queue.close();
      await queue.close();
      expect(ended).to.equal(1);
      await sleep(200);
      expect(handled.map(({ id }) => id)).to.deep.equal(["a"]);
      await unavailable(queue.add(job("c")));

      const next = open();
      next.work("k", record, once);
      await until(() => handled.length === 2, "the second job");
      expect(handled.map(({ id }) => id)).to.deep.equal(["a", "b"]);
    });
  });

  it("refuses what is no kind, id, time or number, by its name", async () => {
    const refused = async (work: () => unknown, field: string) => {
      const error: unknown = await Promise.resolve()
        .then(work)
        .catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(InputError);
      expect((error as InputError).fault.field).to.equal(field);
    };
    for (const kind of ["", "a:b", "a/b", "a b", "é", "k".repeat(65)]) {
      await refused(() => queue.add(job("a", { kind })), "kind");
      await refused(() => queue.work(kind, record, once), "kind");
    }
    for (const id of ["", "a b", "a//b", "/", "a~b", "x".repeat(301)]) await refused(() => queue.add(job(id)), "id");
    for (const notBefore of [-1, 1.5, NaN]) await refused(() => queue.add(job("a", { notBefore })), "notBefore");
    await refused(() => queue.work("k", record, { concurrency: 0, attempts: 1 }), "concurrency");
    await refused(() => queue.work("k", record, { concurrency: 1, attempts: 0.5 }), "attempts");
    expect(await queue.counts()).to.deep.equal([]);
  });
}
