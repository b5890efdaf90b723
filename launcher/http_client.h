#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// One request to a node: over TLS, the server being known by the fingerprint of its CA or by
/// certificates, or without TLS where neither is named.
struct HttpRequest {
  std::string host;
  std::string port;
  std::string target;          ///< "/_security/enroll/node"
  base::Secret authorization;  ///< value of the header, or empty
  base::Secret body;           ///< JSON to POST; empty: a GET
  /// The server's chain has to hold a certificate with this SHA-256 (hex, lower case) that signs
  /// the server's own, which has to be for `host`. Whether they have expired is not looked at, as
  /// in stock.
  std::string ca_sha256_hex;
  std::string trusted_pem;  ///< certificates in PEM, the CA's or its own; expiry is not looked at
  std::chrono::seconds timeout{35};  ///< for each step: connecting, the handshake, the exchange
};

struct HttpReply {
  int status = 0;
  base::Secret body;  ///< at most 1 MiB
};

/// Errors: kUnavailable, whatever went wrong: no answer, another CA, a reply that is too large.
base::Result<HttpReply> http_exchange(const HttpRequest& request);

}  // namespace launcher
