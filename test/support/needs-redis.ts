import { spawnSync } from "node:child_process";

/**
 * Leaves out the tests of a suite where no Redis server is installed, with a word on what to install; under CI that is a failure.
 * To be called first in the suite, before its own hooks.
 */
export function needsRedis(): void {
  before(function () {
    if (spawnSync("redis-server", ["--version"]).status === 0) return;
    const message =
      "no redis-server on PATH: install one (Debian: apt-get install redis-server) and run this test again";
    if (process.env["CI"] !== undefined) throw new Error(message);
    console.log(`      ${message}`);
    this.skip();
  });
}
