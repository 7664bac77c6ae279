import { expect } from "chai";
import { signInMessage, STATEMENT, type SignInFacts } from "../../oracle/domain/sign-in.ts";
import { checkMessage } from "../../oracle/roles/access/siwe.ts";
import { faultOf } from "./fault.ts";

const ACCOUNT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const NOW = new Date("2026-03-01T12:00:00.000Z");
const FACTS: SignInFacts = {
  account: ACCOUNT,
  chainId: 31_337,
  url: "https://guerdon.example.org",
  nonce: "0123456789abcdef",
  issuedAt: NOW,
};

describe("The text of a sign-in", () => {
  it("is EIP-4361's", () => {
    expect(signInMessage(FACTS)).to.equal(
      [
        "guerdon.example.org wants you to sign in with your Ethereum account:",
        ACCOUNT,
        "",
        STATEMENT,
        "",
        "URI: https://guerdon.example.org",
        "Version: 1",
        "Chain ID: 31337",
        "Nonce: 0123456789abcdef",
        "Issued At: 2026-03-01T12:00:00.000Z",
      ].join("\n"),
    );
  });

  it("is taken by the service of that URL, and by no other", () => {
    const hosts = [
      "https://guerdon.example.org",
      "http://127.0.0.1:8787",
      "http://localhost:80",
      "https://a.b.example",
    ];
    for (const url of hosts) {
      const text = signInMessage({ ...FACTS, url });
      for (const publicUrl of hosts) {
        const check = () => checkMessage(text, { publicUrl, chainId: FACTS.chainId }, NOW.getTime());
        if (publicUrl === url) expect(check()).to.include({ address: ACCOUNT, nonce: FACTS.nonce });
        else expect(check, `${url} at ${publicUrl}`).to.throw("domain");
      }
    }
  });

  it("has nothing of a URL but scheme, host and port", () => {
    const text = signInMessage({ ...FACTS, url: "https://user:password@guerdon.example.org/base?key=secret#part" });
    expect(text).to.equal(signInMessage(FACTS));
  });

  it("is not made for a host that cannot be signed in to", () => {
    for (const url of ["http://node-1:8787", "http://[::1]:8787"]) {
      expect(faultOf(() => signInMessage({ ...FACTS, url })).fault.value).to.equal(new URL(url).host);
    }
  });

  it("is not made of a nonce that says more", () => {
    for (const nonce of ["", "1234567", "12345678\nIssued At: never", "1234 5678", "12345678\n"]) {
      expect(faultOf(() => signInMessage({ ...FACTS, nonce })).fault.field).to.equal("nonce");
    }
  });
});
