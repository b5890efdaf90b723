#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "certgen/certificates.h"

namespace certgen {

/// One X.509 extension, its value as DER (RFC 5280 section 4.2.1).
struct Extension {
  std::string_view oid;  ///< dotted
  bool critical = false;
  base::Secret value;
};

/// In the order in which the stock launcher writes them (behaviour page 4.3): key identifiers,
/// alternative names, basic constraints, key usage, extended key usage. The identifiers are the
/// SHA-1 of the keys. Error: kConfig for an alternative name that no certificate can carry.
base::Result<std::vector<Extension>> make_extensions(const CertificateRequest& request,
                                                     std::span<const std::uint8_t> subject_key_id,
                                                     std::span<const std::uint8_t> issuer_key_id,
                                                     bool is_rsa_key);

}  // namespace certgen
