// Package endpoint describes one LFPSE service, or another FHIR server that takes
// its records, and gives the HTTP transport on which everything that talks to the
// service does so: the client of the submission API and the reader of the taxonomy
// API.
//
// A [Config] is a plain struct. It is filled in Go, by [ForSandbox], or from the
// YAML form below by [Load] and [Parse]; a larger YAML document may hold it as one
// of its blocks. [Config.Findings] lists everything that is wrong with it, and [New]
// makes an [Endpoint] of it, which is ready to be used.
//
// # The YAML form
//
// Every key but environment and host may be left out, and for anything but a sandbox
// one of key, oauth and the certificate has to be there. The values here are examples;
// those marked "default" are the defaults. JSON of the same form is YAML too.
//
//	name: LFPSE test             # for people and logs; default: the environment
//	environment: test            # sandbox, test or production
//	host: https://lfpse.example  # scheme, host and, if need be, port
//	basePath: /adverse-event/fhir    # default; of the submission API; / for none
//	taxonomyPath: /taxonomy/fhir     # default; of the taxonomy API; / for none
//	canonicalBase: https://lfpse.example/taxonomy/fhir/  # needed to submit
//	version: 6                       # taxonomy version; needed to submit
//	contentType: application/json    # default; or application/fhir+json
//	gatewayRefusal: false            # default; see Config.GatewayRefusal
//	key:                             # the subscription key of the API gateway
//	  header: Ocp-Apim-Subscription-Key  # default
//	  env: LFPSE_KEY                     # or file: PATH
//	oauth:                           # OAuth 2, client credentials with a signed JWT
//	  tokenUrl: https://lfpse.example/oauth2/token
//	  clientId: {env: LFPSE_CLIENT_ID}      # iss and sub of the JWT
//	  signingKey: {file: signing-key.pem}   # RSA, PEM, at least 2048 bits
//	  keyId: test-1                         # kid of the JWT
//	  audience: https://lfpse.example/oauth2/token  # default: tokenUrl
//	  scope: ""                             # default: none
//	tls:
//	  authorities: ca.pem            # default: those of the operating system
//	  certificate: client.pem        # of the client; default: none
//	  certificateKey: {file: client-key.pem}
//	proxy:                           # default: none, whatever the environment says
//	  url: http://proxy.example:3128
//	  credentials: {env: PROXY_USER} # user:password
//	privateNetwork: false            # default; see Config.PrivateNetwork
//	timeout: 40s                     # default; one request, answer included
//	connectTimeout: 10s              # default; the connection, and its TLS handshake
//
// A secret is never written into the file: it is named by the environment variable
// or the file that holds it, {env: NAME} or {file: PATH}. A secret's file must be
// closed to other users of the computer. [Load] takes relative paths from the folder
// of the YAML file. Unknown keys are refused. A program that reads the block with a
// YAML library of its own should print the library's errors without the excerpt of the
// text, which may be a secret.
//
// # What is not confirmed
//
// The paths and the name of the key's header are those seen in public code; that the
// service takes OAuth 2 tokens has not been seen at all. None of it is confirmed by
// the service owner, so all of it can be set, and [Config.Unconfirmed] names what a
// configuration rests on. The host of the production service is not public.
//
// # What the transport does
//
// It verifies certificates, wants TLS 1.2, speaks HTTP/1.1, ignores the proxy
// settings of the environment, and sends nothing to any host but the one of the
// endpoint, and of its token url, so that no redirect can take the key along. A name
// that leads to a private address is refused unless the configuration allows it; one
// that leads to this computer is refused for everything but a sandbox. No request that may change
// something is ever repeated. Secrets are shown by nothing that prints, logs or
// encodes a value of this package.
//
// A sandbox is on this computer. With privateNetwork it may be beside it, as in
// another container; then its address gets nothing before its /metadata, asked for
// without key and token, has said that it is a sandbox. It says so only where it was
// itself started for a private network.
package endpoint
