#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// One GET over TLS to a server that is known only by the fingerprint of its CA.
struct HttpsGet {
  std::string host;
  std::string port;
  std::string target;          ///< "/_security/enroll/node"
  base::Secret authorization;  ///< value of the header, or empty
  /// The server's chain has to hold a certificate with this SHA-256 (hex, lower case) that signs
  /// the server's own, which has to be for `host`. Whether they have expired is not looked at, as
  /// in stock.
  std::string ca_sha256_hex;
  std::chrono::seconds timeout{35};  ///< for each step: connecting, the handshake, the exchange
};

struct HttpsReply {
  int status = 0;
  base::Secret body;  ///< at most 1 MiB
};

/// Errors: kUnavailable, whatever went wrong: no answer, another CA, a reply that is too large.
base::Result<HttpsReply> https_get(const HttpsGet& request);

}  // namespace launcher
