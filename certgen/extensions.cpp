#include "certgen/extensions.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "certgen/der.h"

namespace certgen {
namespace {

using base::Secret;

// RFC 5280 section 4.2.1
constexpr std::string_view kSubjectKeyIdentifier = "2.5.29.14";
constexpr std::string_view kKeyUsage = "2.5.29.15";
constexpr std::string_view kSubjectAltName = "2.5.29.17";
constexpr std::string_view kBasicConstraints = "2.5.29.19";
constexpr std::string_view kAuthorityKeyIdentifier = "2.5.29.35";
constexpr std::string_view kExtendedKeyUsage = "2.5.29.37";
constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";

// KeyUsage as DER bit strings: the count of unused bits, then the bits from the left.
constexpr std::array<std::uint8_t, 2> kSignCertificatesAndCrls{1, 0x06};
constexpr std::array<std::uint8_t, 2> kSignAndEncipherKeys{5, 0xA0};
constexpr std::array<std::uint8_t, 2> kSign{7, 0x80};

base::Error bad_name(const std::string& value, const std::string& why) {
  return {base::ErrorKind::kConfig, "no certificate can carry the name \"" + value + "\": " + why,
          "correct the host name, the publish host or the extra name it comes from", 0};
}

base::Result<Secret> dns_name(const std::string& value) {
  // GeneralName.dNSName is an IA5String; an international name belongs there in its xn-- form.
  const bool plain =
      std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain) return bad_name(value, "a DNS name is made of printable ASCII characters");
  return der::element(der::context_tag(2, false), value);
}

base::Result<Secret> ip_address(const std::string& value) {
  // A scope ("%eth0") means something on this host only.
  const std::string address = value.substr(0, value.find('%'));
  std::array<std::uint8_t, 16> bytes{};
  std::optional<std::size_t> size;
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) size = 4;
  if (!size && inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) size = 16;
  if (!size) return bad_name(value, "it is not an IP address");
  return der::element(der::context_tag(7, false), std::span(bytes).first(*size));
}

base::Result<Secret> general_name(const SubjectAltName& name) {
  return name.kind == SubjectAltName::Kind::kIp ? ip_address(name.value) : dns_name(name.value);
}

base::Result<Secret> subject_alt_name(const std::vector<SubjectAltName>& names) {
  Secret list;
  std::vector<Secret> seen;
  for (const SubjectAltName& name : names) {
    BASE_TRY(Secret encoded, general_name(name));
    if (std::any_of(seen.begin(), seen.end(), [&](const Secret& s) { return s.equals(encoded); }))
      continue;
    list.append(encoded.bytes());
    seen.push_back(std::move(encoded));
  }
  return der::element(der::kSequence, list.bytes());
}

Secret key_usage(const CertificateRequest& request, bool is_rsa_key) {
  if (request.is_ca) return der::element(der::kBitString, kSignCertificatesAndCrls);
  // RFC 8813 section 3 forbids keyEncipherment to EC keys.
  return der::element(der::kBitString, is_rsa_key ? kSignAndEncipherKeys : kSign);
}

}  // namespace

base::Result<void> check_names(const std::vector<SubjectAltName>& names) {
  for (const SubjectAltName& name : names) {
    BASE_TRY(const Secret encoded, general_name(name));
  }
  return {};
}

base::Result<std::vector<Extension>> make_extensions(const CertificateRequest& request,
                                                     std::span<const std::uint8_t> subject_key_id,
                                                     std::span<const std::uint8_t> issuer_key_id,
                                                     bool is_rsa_key) {
  std::vector<Extension> all;
  all.push_back({kSubjectKeyIdentifier, false, der::octets(subject_key_id)});
  all.push_back({kAuthorityKeyIdentifier, false,
                 der::sequence(der::element(der::context_tag(0, false), issuer_key_id))});
  if (!request.names.empty()) {
    BASE_TRY(Secret names, subject_alt_name(request.names));
    all.push_back({kSubjectAltName, false, std::move(names)});
  }
  static constexpr std::array<std::uint8_t, 1> kTrue{0xFF};
  all.push_back(
      {kBasicConstraints, request.is_ca,
       request.is_ca ? der::sequence(der::element(der::kBoolean, kTrue)) : der::sequence()});
  if (request.key_usage) all.push_back({kKeyUsage, true, key_usage(request, is_rsa_key)});
  if (request.server_auth)
    all.push_back({kExtendedKeyUsage, false, der::sequence(der::object_identifier(kServerAuth))});
  return all;
}

}  // namespace certgen
