#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "certgen/certificates.h"

namespace certgen {

/// What an operator wants to know of a certificate.
struct CertificateFacts {
  std::string subject;  ///< RFC 2253
  std::string issuer;
  std::string common_name;  ///< of the subject, its first one; UTF-8
  std::string serial_hex;
  base::UnixSeconds not_before = 0;
  base::UnixSeconds not_after = 0;
  std::vector<SubjectAltName> names;  ///< DNS names and IP addresses
  bool is_ca = false;
  std::string key;  ///< "RSA 4096"
  std::string sha256_hex;
};

/// In the form of RFC 2253, "CN=a\,b", as Java's X500Principal.getName() writes it.
[[nodiscard]] std::string subject_text(const Certificate& certificate);

[[nodiscard]] CertificateFacts facts_of(const Certificate& certificate);

}  // namespace certgen
