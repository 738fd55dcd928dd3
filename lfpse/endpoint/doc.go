// Package endpoint describes one LFPSE service, or another FHIR server that takes its
// records, and has the HTTP transport for it, which the client of the submission API and
// the reader of the taxonomy API share.
//
// A [Config] is a plain struct. It is filled in Go, by [ForSandbox], or from the YAML
// form below by [Load] and [Parse]; a larger YAML document may contain it as a block.
// [Config.Findings] lists everything that is wrong with it, and [New] makes an [Endpoint]
// of it, which is ready to use.
//
// # The YAML form
//
// Every setting except environment and host may be left out, but an endpoint that is not
// a sandbox needs key, oauth or a certificate. The values here are examples; those marked
// "default" are the defaults. JSON of the same form is YAML too.
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
// A secret is never written into the file. The file names the environment variable or the
// file that holds it: {env: NAME} or {file: PATH}. Other users of the computer must not
// be able to read a secret's file. [Load] takes relative paths from the folder of the
// YAML file. Unknown keys are refused. A program that reads the block with a YAML library
// of its own should print the library's errors without the excerpt of the text, which may
// be a secret.
//
// # What is not confirmed
//
// The paths and the name of the key's header were seen in public code; whether the
// service takes OAuth 2 tokens is not known. The service owner has confirmed none of it,
// so all of it can be set, and [Config.Unconfirmed] lists the unconfirmed settings that a
// configuration uses. The host of the production service is not public.
//
// # What the transport does
//
// It verifies certificates, requires TLS 1.2 or later, uses HTTP/1.1, ignores the proxy
// settings of the environment, and sends requests only to the host of the endpoint and
// that of its token url, so that no redirect can disclose the key. A name that leads to a
// private address is refused unless the configuration allows it; one that leads to this
// computer is refused unless the endpoint is a sandbox. No request that may change
// something is ever repeated. Printing, logging or encoding a value of this package never
// shows a secret.
//
// A sandbox is on this computer. With privateNetwork it may also be on a private network,
// such as in another container. Then nothing is sent to its address until its /metadata,
// requested without key and token, has said that it is a sandbox. It says so only if it
// was itself started for a private network.
package endpoint
