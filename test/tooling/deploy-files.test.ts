import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { readConfig, SettingsError } from "../../oracle/config.ts";
import { SETTINGS } from "../../oracle/config/settings.ts";
import { METRICS } from "../../oracle/ops/metrics-table.ts";
import { renderTemplate } from "./helm.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COMPOSE = "deploy/docker-compose.yml";
const CHART = "deploy/helm/guerdon-node";

const ADDRESSES = [1, 2, 3].map((node) => `0x${String(node).repeat(40)}`);
/** What whoever starts the composition has to say. */
const SAID: Record<string, string> = {
  NODE_1_ADDRESS: ADDRESSES[0]!,
  NODE_2_ADDRESS: ADDRESSES[1]!,
  NODE_3_ADDRESS: ADDRESSES[2]!,
  GUERDON_FACTORY: `0x${"fa".repeat(20)}`,
  GUERDON_RPC_URLS: "https://a.example,https://b.example",
};

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly user?: string;
}
interface Composition {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** The composition with its variables filled in; throws where one is neither said nor has a default. */
function composition(): Composition {
  return filledIn(parse(read(COMPOSE), { merge: true })) as Composition;
}

/** Variables stand in texts, whatever they look like. */
function filledIn(part: unknown): unknown {
  if (typeof part === "string") return part.replace(/\$\{(\w+)(:[-?])([^}]*)\}/g, valueOf);
  if (Array.isArray(part)) return part.map(filledIn);
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, filledIn(inner)]));
}

function valueOf(_whole: string, name: string, kind: string, rest: string): string {
  const value = SAID[name] ?? (kind === ":-" ? rest : undefined);
  if (value === undefined) throw new Error(`${name}: ${rest}`);
  return value;
}

function settingsFaults(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

describe("the composition", () => {
  const { services, secrets, volumes } = composition();
  const nodes = Object.entries(services).filter(([name]) => name.startsWith("node-"));

  it("has three nodes with settings that a node takes", () => {
    expect(nodes).to.have.length(3);
    for (const [name, { environment }] of nodes) expect(settingsFaults(environment!), name).to.deep.equal([]);
    expect(new Set(nodes.map(([, { environment }]) => environment!["GUERDON_REDIS_URL"])).size).to.equal(3);
  });

  it("makes each node the peer of the others, where they listen", () => {
    for (const [index, [name, { environment }]] of nodes.entries()) {
      const others = nodes.filter(([other]) => other !== name);
      const peers = others.map(([other]) => `${ADDRESSES[Number(other.slice(-1)) - 1]!}=http://${other}:8787`);
      expect(environment!["GUERDON_NODE_ADDRESS"]).to.equal(ADDRESSES[index]);
      expect(environment!["GUERDON_PEERS"]!.split(",")).to.have.members(peers);
    }
    expect(read("deploy/Dockerfile")).to.contain("GUERDON_PORT=8787").and.contain("GUERDON_OPS_PORT=9464");
  });

  it("tells the nodes that reach the intake by its name what it is signed in to", () => {
    const [[, intake], ...others] = nodes as [(typeof nodes)[number], ...typeof nodes];
    const { GUERDON_NODE_ADDRESS: address, GUERDON_PUBLIC_URL: url } = intake.environment!;
    expect(url).to.match(/^http/);
    for (const [name, { environment }] of others) {
      expect(environment!["GUERDON_PEER_PUBLIC_URLS"], name).to.equal(`${address}=${url}`);
    }
  });

  it("gives each node its secrets as files, a health check on the operator's port, and a volume", () => {
    for (const [name, { environment, secrets: given, healthcheck, volumes: mounted }] of nodes) {
      const targets = given!.map(({ target }) => `/run/secrets/${target}`);
      const files = Object.entries(environment!).filter(([setting]) => setting.endsWith("_FILE"));
      for (const [setting, path] of files) expect(targets, setting).to.include(path);
      for (const { source } of given!) expect(secrets[source]!.file).to.match(new RegExp(`^\\./secrets/${name}/`));
      expect(healthcheck!.test.join(" ")).to.contain("9464/readyz");
      expect(mounted).to.deep.equal([`${name}:/data`]);
      expect(volumes).to.have.property(name);
    }
  });

  it("has a Redis that loses no acknowledged write", () => {
    const command = services["redis"]!.command!.join(" ");
    for (const setting of ["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"]) {
      expect(command).to.contain(setting);
    }
    expect(services["redis"]!.volumes).to.deep.equal(["redis:/data"]);
  });

  it("is taken by docker-compose, where that is installed", function () {
    const paths = (process.env["PATH"] ?? "").split(delimiter);
    if (!paths.some((folder) => existsSync(join(folder, "docker-compose")))) this.skip();
    const env = { ...process.env, ...SAID };
    const output = execFileSync("docker-compose", ["-f", COMPOSE, "config"], { cwd: root, env, encoding: "utf8" });
    const understood = parse(output) as Composition;
    expect(Object.keys(understood.services)).to.have.members(Object.keys(services));
    for (const [name, { environment }] of nodes) {
      expect(understood.services[name]!.environment, name).to.deep.equal(environment);
    }
  });
});

describe("the image", () => {
  const lines = read("deploy/Dockerfile").split("\n");

  it("runs the node without rights, from files that are there", () => {
    expect(lines).to.include("USER node").and.include('CMD ["node", "oracle/main.ts"]');
    expect(lines[1]).to.match(/^FROM node:22-slim$/);
    expect(lines.indexOf("USER node")).to.be.lessThan(lines.findIndex((line) => line.startsWith("CMD")));
    const copied = lines.filter((line) => line.startsWith("COPY")).flatMap((line) => line.split(" ").slice(1, -1));
    const allowed = read("deploy/Dockerfile.dockerignore").split("\n");
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).to.equal(true);
      expect(allowed).to.include(`!${path}`);
    }
  });

  it("sets only what is a setting", () => {
    const names = lines.join("\n").match(/GUERDON_\w+/g)!;
    expect(names.length).to.be.greaterThan(3);
    for (const name of names) expect(SETTINGS).to.have.property(name);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, never>>;
}
interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly livenessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly resources: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

describe("the chart", () => {
  const values = parse(read(`${CHART}/values.yaml`)) as Record<string, unknown> & {
    settings: Record<string, string>;
    roleSets: { name: string; roles: string; replicas: number }[];
    resources: object;
  };
  const render = (changes: object = {}): Manifest[] =>
    readdirSync(join(root, CHART, "templates")).flatMap((file) => {
      const scope = { Values: { ...values, ...changes }, Release: { Name: "my-node" } };
      return parseAllDocuments(renderTemplate(read(`${CHART}/templates/${file}`), scope))
        .map((document) => {
          expect(document.errors, file).to.deep.equal([]);
          return document.toJS() as Manifest | null;
        })
        .filter((one) => one !== null);
    });
  const manifests = render();
  const ofKind = (kind: string): Manifest[] => manifests.filter((one) => one.kind === kind);
  const containerOf = ({ spec }: Manifest): Container =>
    (spec as unknown as { template: { spec: { containers: Container[] } } }).template.spec.containers[0]!;

  it("has a name and versions", () => {
    expect(parse(read(`${CHART}/Chart.yaml`))).to.include({ apiVersion: "v2", name: "guerdon-node" });
  });

  it("renders a deployment, a service and a budget of disruptions for each set of roles", () => {
    const names = values.roleSets.map(({ name }) => `my-node-${name}`);
    for (const kind of ["Deployment", "Service", "PodDisruptionBudget"]) {
      expect(ofKind(kind).map(({ metadata }) => metadata.name)).to.have.members(names);
    }
    expect(render({ pdb: { enabled: false } }).some(({ kind }) => kind === "PodDisruptionBudget")).to.equal(false);
  });

  it("gives each set settings that a node takes, together with the secret ones", () => {
    const [config] = ofKind("ConfigMap");
    const secret = {
      GUERDON_RPC_URLS: "https://a.example,https://b.example",
      GUERDON_REDIS_URL: "redis://redis",
      GUERDON_S3_SECRET_ACCESS_KEY: "secret",
    };
    for (const name of Object.keys(secret)) {
      expect(read(`${CHART}/values.yaml`)).to.contain(name);
      expect(config!.data).not.to.have.property(name);
    }
    for (const deployment of ofKind("Deployment")) {
      const { env, envFrom } = containerOf(deployment);
      expect(envFrom[0]!.configMapRef!.name).to.equal(config!.metadata.name);
      const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      expect(settingsFaults({ ...config!.data, ...secret, ...own }), deployment.metadata.name).to.deep.equal([]);
    }
  });

  it("probes health on the operator's port, which no service offers", () => {
    for (const deployment of ofKind("Deployment")) {
      const { readinessProbe, livenessProbe, ports, resources, volumeMounts } = containerOf(deployment);
      expect(readinessProbe.httpGet).to.deep.equal({ path: "/readyz", port: "ops" });
      expect(livenessProbe.httpGet).to.deep.equal({ path: "/healthz", port: "ops" });
      expect(ports).to.deep.include({ name: "ops", containerPort: 9464 });
      expect(resources).to.deep.equal(values.resources);
      expect(volumeMounts.map(({ mountPath }) => mountPath)).to.include.members(["/run/guerdon", "/data"]);
    }
    expect(JSON.stringify(ofKind("Service"))).not.to.contain("ops");
  });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

describe("alert rules", () => {
  const { groups } = parse(read("deploy/prometheus/alerts.yml")) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it("ask for metrics that exist, by labels that they have", () => {
    for (const { alert, expr } of rules) {
      const used = [...expr.matchAll(/(guerdon_\w+|up)(?:\{([^}]*)\})?/g)].filter(([, name]) => name !== "up");
      expect(used.length > 0 || expr.startsWith("up"), alert).to.equal(true);
      for (const [, name, selectors = ""] of used) {
        expect(METRICS, alert).to.have.property(name!);
        const labels: readonly string[] = METRICS[name as keyof typeof METRICS].labels;
        for (const [, label] of selectors.matchAll(/(\w+)!?=/g)) expect(labels, alert).to.include(label);
      }
    }
  });

  it("cover what must not go unseen", () => {
    const text = rules.map(({ expr }) => expr).join("\n");
    for (const metric of [
      "guerdon_ready",
      "guerdon_chain_lag_seconds",
      "guerdon_endpoints_disagree",
      "guerdon_round_deadline_seconds",
      "guerdon_spend_wei",
      "guerdon_outbox_pending",
      'kind="webhook",state="failed"',
      "guerdon_store_errors_total",
    ]) {
      expect(text).to.contain(metric);
    }
  });

  it("have each a section in the runbook with meaning, check and act", () => {
    const runbook = read("docs/running.md");
    for (const { alert, for: period, labels, annotations } of rules) {
      expect(annotations.runbook).to.equal(`docs/running.md#${alert.toLowerCase()}`);
      expect(labels.severity).to.match(/^(?:page|ticket)$/);
      expect(period).to.match(/^\d+m$/);
      const section = runbook.split(/^### /m).find((part) => part.startsWith(`${alert}\n`));
      expect(section, alert).to.match(/\*\*Meaning\.\*\*[^]*\*\*Check\.\*\*[^]*\*\*Act\.\*\*/);
    }
    const sections = [...runbook.matchAll(/^### (Guerdon\w+)$/gm)].map(([, name]) => name);
    expect(sections).to.have.members(rules.map(({ alert }) => alert));
  });
});
