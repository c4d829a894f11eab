// An institution's own sign-in on a free loopback port, made of a certified implementation
// (npm oidc-provider). Its people are in the file that the first argument names:
// { "client": { "redirect_uris": [...] }, "people": { "ada": { "groups": [...] } } }.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const told = () => JSON.parse(readFileSync(process.argv[2], "utf8"));
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "tertulia",
        client_secret: "a secret of both",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        ...told().client,
      },
    ],
    claims: { openid: ["sub", "groups"], profile: ["name", "preferred_username"], email: ["email"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true, methods: ["S256"] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...told().people[sub] }),
    }),
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
