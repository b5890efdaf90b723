#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "certgen/tls_material.h"

/// Joining a cluster by an enrollment token (behaviour page 4.6).
namespace launcher {

/// What a token holds.
struct EnrollmentToken {
  std::vector<std::string> addresses;  ///< "host:port", "[v6]:port", in the order to try
  std::string ca_sha256_hex;           ///< of the HTTP CA's DER, lower case
  base::Secret api_key;                ///< "<id>:<key>"
};

/// Base64 of a JSON object with exactly the fields ver, adr, fgr and key. Error: kData.
base::Result<EnrollmentToken> parse_enrollment_token(const base::Secret& token);

/// What the cluster gives a node that joins.
struct EnrollmentReply {
  certgen::EnrolledCredentials credentials;
  std::vector<std::string> node_addresses;  ///< transport addresses of the nodes
};

/// The body of a reply; `url` is named in errors. Error: kData lists what is missing.
base::Result<EnrollmentReply> parse_enrollment_reply(const base::Secret& body,
                                                     const std::string& url);

/// Asks the addresses of the token in turn; the first that answers settles it, whatever it answers.
/// Errors: kUnavailable says what each address answered; kData for a reply that is not complete.
base::Result<EnrollmentReply> enroll(const EnrollmentToken& token);

/// Whether one of these transport addresses is on another host: not loopback, and none of
/// `own_addresses`.
[[nodiscard]] bool any_remote(const std::vector<std::string>& node_addresses,
                              const std::vector<std::string>& own_addresses);

/// Host and port of "host:port" or "[v6]:port"; the port is empty where there is none.
struct HostPort {
  std::string host;
  std::string port;
};
[[nodiscard]] HostPort split_address(std::string_view address);

}  // namespace launcher
