#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "certgen/openssl_handles.h"

namespace certgen {

/// One subject alternative name. `value` is a DNS name, or an IP address in text form.
struct SubjectAltName {
  enum class Kind { kDns, kIp };
  Kind kind = Kind::kDns;
  std::string value;
  auto operator<=>(const SubjectAltName&) const = default;
};

/// What a certificate shall say. The extensions follow in the order of the members.
struct CertificateRequest {
  std::string common_name;  ///< UTF-8, taken literally; the subject is this one RDN
  base::UnixSeconds not_before = 0;
  int valid_days = 0;
  std::vector<SubjectAltName> names;  ///< empty: no such extension
  bool is_ca = false;
  bool key_usage = false;    ///< for signing where is_ca, for TLS otherwise
  bool server_auth = false;  ///< extended key usage
};

/// Checks that `text` can be the common name of a subject. Error: kConfig, where it is not UTF-8 or
/// has a NUL.
base::Result<void> check_common_name(std::string_view text);

/// Checks that every name can be a subject alternative name. Error: kConfig, about the first that
/// cannot.
base::Result<void> check_names(const std::vector<SubjectAltName>& names);

/// X.509 v3 with a random serial of 160 bits (behaviour page 4.3), signed with SHA-256. Without an
/// issuer it signs itself. Errors: kConfig for a name that no certificate can carry, kInternal.
base::Result<Certificate> make_certificate(const CertificateRequest& request,
                                           const PrivateKey& subject_key, const Certificate& issuer,
                                           const PrivateKey& issuer_key);

base::Result<std::vector<std::uint8_t>> certificate_der(const Certificate& certificate);
/// Error: kData for anything but one whole certificate.
base::Result<Certificate> parse_certificate(std::span<const std::uint8_t> der);
/// With the armour, 64 columns, ends with a newline.
base::Result<std::string> certificate_pem(const Certificate& certificate);
/// All certificates of a PEM text, in its order. Error: kData for a text without any.
base::Result<std::vector<Certificate>> parse_certificates_pem(std::string_view pem);
/// SHA-256 of the DER in lower-case hexadecimal.
base::Result<std::string> certificate_sha256_hex(const Certificate& certificate);

/// Whether names, key identifiers and key usage let `issuer` be the issuer of `subject`. The
/// signature is not looked at.
[[nodiscard]] bool may_have_issued(const Certificate& issuer, const Certificate& subject);
[[nodiscard]] bool belongs_to(const Certificate& certificate, const PrivateKey& key);
[[nodiscard]] bool is_same(const Certificate& one, const Certificate& other);

}  // namespace certgen
