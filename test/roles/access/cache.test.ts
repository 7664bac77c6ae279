import { expect } from "chai";
import { createCache } from "../../../oracle/roles/access/cache.ts";

describe("Cache of sessions and keys", () => {
  let time = 0;
  const clock = (): number => time;
  const value = (text: string | null) => () => Promise.resolve(text);

  it("gives what it keeps until its time is over, and keeps nothing of nothing", async () => {
    const cache = createCache<string>(clock, 10, 2);
    expect(await cache.get("a", value(null))).to.equal(null);
    expect(await cache.get("a", value("1"))).to.equal("1");
    time += 9;
    expect(await cache.get("a", value("2"))).to.equal("1");
    time += 1;
    expect(await cache.get("a", value("2"))).to.equal("2");
  });

  it("lets the oldest go where there are more than it may keep", async () => {
    const cache = createCache<string>(clock, 10, 2);
    for (const key of ["a", "b", "c"]) await cache.get(key, value(key));
    expect(await cache.get("a", value("again"))).to.equal("again");
    expect(await cache.get("c", value("again"))).to.equal("c");
  });

  it("does not keep what was asked for before it was dropped", async () => {
    const cache = createCache<string>(clock, 10, 2);
    let answer: (text: string) => void = () => undefined;
    const slow = cache.get("a", () => new Promise((resolve) => (answer = resolve)));
    cache.drop("a");
    answer("old");
    expect(await slow).to.equal("old");
    expect(await cache.get("a", value(null))).to.equal(null);
  });
});
