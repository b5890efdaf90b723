#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// How the server proves who it is.
enum class ServerTrust {
  kPinnedCa,  ///< by the fingerprint of its CA alone
  kCaFile,    ///< by certificates that are known: its CA's, or its own
  kPlain,     ///< not at all, for HTTP without TLS
};

/// One GET to a node.
struct HttpsGet {
  std::string host;
  std::string port;
  std::string target;          ///< "/_security/enroll/node"
  base::Secret authorization;  ///< value of the header, or empty
  ServerTrust trust = ServerTrust::kPinnedCa;
  /// kPinnedCa: the server's chain has to hold a certificate with this SHA-256 (hex, lower case)
  /// that signs the server's own, which has to be for `host`. Whether they have expired is not
  /// looked at, as in stock.
  std::string ca_sha256_hex;
  std::string trusted_pem;  ///< kCaFile: certificates in PEM; expiry is not looked at either
  std::chrono::seconds timeout{35};  ///< for each step: connecting, the handshake, the exchange
};

struct HttpsReply {
  int status = 0;
  base::Secret body;  ///< at most 1 MiB
};

/// Errors: kUnavailable, whatever went wrong: no answer, another CA, a reply that is too large.
base::Result<HttpsReply> https_get(const HttpsGet& request);

}  // namespace launcher
