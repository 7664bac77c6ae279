import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Env } from "./env.ts";
import { apiApp } from "./invalid.ts";
import { problemResponses, refuse } from "./problems.ts";

const require = createRequire(import.meta.url);

/** Files of the page that come from the package, and their types. */
const PACKAGE_FILES = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Guerdon API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });\n`;

/** Only files of this server, no inline script. The package's own styles set style attributes and show images of their own. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const pageRoute = createRoute({
  method: "get",
  path: "/docs",
  tags: ["about"],
  summary: "This description, as a page",
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...problemResponses(),
  },
});

const fileRoute = createRoute({
  method: "get",
  path: "/docs/{file}",
  tags: ["about"],
  summary: "A file of the page",
  request: { params: z.object({ file: z.string().openapi({ param: { name: "file", in: "path" } }) }) },
  responses: {
    200: {
      description: "The file",
      content: { "text/css": { schema: z.string() }, "text/javascript": { schema: z.string() } },
    },
    ...problemResponses(404),
  },
});

const documentRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  tags: ["about"],
  summary: "This description, as OpenAPI 3.1",
  responses: {
    200: {
      description: "The document",
      content: { "application/json": { schema: z.record(z.string(), z.unknown()) } },
    },
    ...problemResponses(),
  },
});

type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** The page of the API and its description. @param describe makes the description, once, when it is first asked for */
export function docsApp(describe: () => OpenApiDocument) {
  let document: OpenApiDocument | undefined;
  return apiApp()
    .openapi(documentRoute, (c) => c.json((document ??= describe()) as unknown as Record<string, never>, 200))
    .openapi(pageRoute, (c) => c.body(PAGE, 200, page("text/html; charset=utf-8")))
    .openapi(fileRoute, async (c) => {
      const { file } = c.req.valid("param");
      if (file === "start.js") return c.body(START, 200, page("text/javascript; charset=utf-8"));
      if (!isPackageFile(file)) return refuse(c, "not-found", { detail: "no such file" });
      return packageFile(c, file);
    });
}

async function packageFile(context: Context<Env>, file: keyof typeof PACKAGE_FILES) {
  const folder = dirname(require.resolve("swagger-ui-dist/package.json"));
  const bytes = await readFile(join(folder, file));
  const headers = { ...page(PACKAGE_FILES[file]), "cache-control": "public, max-age=3600" };
  return context.body(new Uint8Array(bytes).buffer, 200, headers);
}

function isPackageFile(file: string): file is keyof typeof PACKAGE_FILES {
  return Object.hasOwn(PACKAGE_FILES, file);
}

function page(type: string): Record<string, string> {
  return { "content-type": type, "content-security-policy": PAGE_POLICY };
}
