#include "certgen/certificates.h"

#include <doctest/doctest.h>
#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/der.h"
#include "certgen/keys.h"

using certgen::SubjectAltName;

namespace {

constexpr base::UnixSeconds kNow = 1795507000;  // 2026-11-24 07:56:40 UTC

certgen::PrivateKey new_key() {
  auto keys = certgen::make_keys(certgen::KeyType::kEcP256, certgen::KeySearch::kOpenSsl, 1, {});
  REQUIRE(keys.ok());
  return std::move(keys.value().front());
}

certgen::Certificate self_signed(const certgen::CertificateRequest& request) {
  auto made = certgen::make_certificate(request, new_key(), nullptr, nullptr);
  REQUIRE(made.ok());
  return std::move(made).value();
}

std::string hex(const base::Secret& bytes) {
  return base::to_hex(bytes.bytes());
}

std::string extension_hex(const certgen::Certificate& certificate, int index) {
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(X509_get_ext(certificate.get(), index));
  return base::to_hex(
      {ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))});
}

std::vector<int> extension_nids(const certgen::Certificate& certificate) {
  std::vector<int> nids;
  for (int i = 0; i < X509_get_ext_count(certificate.get()); ++i)
    nids.push_back(OBJ_obj2nid(X509_EXTENSION_get_object(X509_get_ext(certificate.get(), i))));
  return nids;
}

}  // namespace

TEST_CASE("DER elements match vectors of X.690") {
  namespace der = certgen::der;
  CHECK(hex(der::integer(0)) == "020100");
  CHECK(hex(der::integer(127)) == "02017f");
  CHECK(hex(der::integer(128)) == "02020080");
  CHECK(hex(der::integer(10000)) == "02022710");
  CHECK(hex(der::integer(0xFFFFFFFF)) == "020500ffffffff");
  CHECK(hex(der::object_identifier("1.2.840.113549.1.7.1")) == "06092a864886f70d010701");
  CHECK(hex(der::object_identifier("2.999.3")) == "0603883703");
  CHECK(hex(der::object_identifier("2.5.29.37.0")) == "0604551d2500");
  CHECK(hex(der::sequence(der::integer(1), der::element(der::kNull, ""))) == "30050201010500");
  CHECK(hex(der::octets(std::vector<std::uint8_t>(127))).starts_with("047f00"));
  CHECK(hex(der::octets(std::vector<std::uint8_t>(128))).starts_with("04818000"));
  CHECK(hex(der::octets(std::vector<std::uint8_t>(256))).starts_with("0482010000"));
  CHECK(hex(der::octets(std::vector<std::uint8_t>(65536))).starts_with("048301000000"));
}

TEST_CASE("a common name is one literal RDN, PrintableString where it can be") {
  const std::vector<std::pair<std::string, int>> cases{
      {"node-1", V_ASN1_PRINTABLESTRING},
      {"a,O=b", V_ASN1_PRINTABLESTRING},
      {"a+CN=b", V_ASN1_PRINTABLESTRING},
      {"", V_ASN1_PRINTABLESTRING},
      {"a;b", V_ASN1_UTF8STRING},
      {"#<>\"\\", V_ASN1_UTF8STRING},
      {"under_score", V_ASN1_UTF8STRING},
      {"n\xC3\xB6"
       "de 1",
       V_ASN1_UTF8STRING},
      {std::string(200, 'x'), V_ASN1_PRINTABLESTRING}};
  for (const auto& [name, type] : cases) {
    CAPTURE(name);
    certgen::CertificateRequest request;
    request.common_name = name;
    request.not_before = kNow;
    request.valid_days = 1;
    const certgen::Certificate made = self_signed(request);
    X509_NAME* subject = X509_get_subject_name(made.get());
    REQUIRE(X509_NAME_entry_count(subject) == 1);
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, 0));
    CHECK(ASN1_STRING_type(value) == type);
    CHECK(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                      static_cast<std::size_t>(ASN1_STRING_length(value))) == name);
  }
}

TEST_CASE("a subject is written as Java writes it") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"Elasticsearch security auto-configuration HTTP CA",
       "CN=Elasticsearch security auto-configuration HTTP CA"},
      {"a,b", "CN=a\\,b"},
      {"n\xC3\xB6", "CN=n\xC3\xB6"}};
  for (const auto& [name, text] : cases) {
    certgen::CertificateRequest request;
    request.common_name = name;
    CHECK(certgen::subject_text(self_signed(request)) == text);
  }
}

TEST_CASE("names that no certificate can carry are refused") {
  CHECK_FALSE(certgen::check_common_name("\xFF").ok());
  CHECK_FALSE(certgen::check_common_name(std::string_view("a\0b", 3)).ok());
  using Kind = SubjectAltName::Kind;
  for (const SubjectAltName& bad : std::vector<SubjectAltName>{{Kind::kDns, "n\xC3\xB6"},
                                                               {Kind::kDns, "a b"},
                                                               {Kind::kIp, "300.1.1.1"},
                                                               {Kind::kIp, "host"},
                                                               {Kind::kIp, ""}}) {
    CAPTURE(bad.value);
    auto checked = certgen::check_names({bad});
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().kind == base::ErrorKind::kConfig);
  }
  CHECK(certgen::check_names({{Kind::kIp, "fe80::1%eth0"}, {Kind::kDns, "*.example"}}).ok());
}

TEST_CASE("extensions come in the stock order with the stock bytes") {
  using Kind = SubjectAltName::Kind;
  certgen::CertificateRequest request;
  request.common_name = "n";
  request.names = {{Kind::kIp, "192.0.2.2"},
                   {Kind::kIp, "::1%lo"},
                   {Kind::kDns, "localhost"},
                   {Kind::kIp, "::1"}};
  request.key_usage = true;
  request.server_auth = true;
  const certgen::Certificate node = self_signed(request);
  CHECK(extension_nids(node) == std::vector<int>{NID_subject_key_identifier,
                                                 NID_authority_key_identifier, NID_subject_alt_name,
                                                 NID_basic_constraints, NID_key_usage,
                                                 NID_ext_key_usage});
  CHECK(extension_hex(node, 1) == "30168014" + extension_hex(node, 0).substr(4));
  CHECK(extension_hex(node, 2) ==
        "30238704c00002028710000000000000000000000000000000018209"
        "6c6f63616c686f7374");
  CHECK(extension_hex(node, 3) == "3000");
  CHECK(extension_hex(node, 4) == "03020780");  // an EC key does not encipher
  CHECK(extension_hex(node, 5) == "300a06082b06010505070301");

  request = {};
  request.common_name = "ca";
  request.is_ca = true;
  const certgen::Certificate ca = self_signed(request);
  CHECK(extension_nids(ca) == std::vector<int>{NID_subject_key_identifier,
                                               NID_authority_key_identifier,
                                               NID_basic_constraints});
  CHECK(extension_hex(ca, 2) == "30030101ff");
  CHECK(X509_EXTENSION_get_critical(X509_get_ext(ca.get(), 2)) == 1);
}

TEST_CASE("serials are positive, of 160 bits at most, and never the same") {
  std::vector<std::string> seen;
  for (int i = 0; i < 40; ++i) {
    certgen::CertificateRequest request;
    request.common_name = "n";
    const certgen::Certificate made = self_signed(request);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(made.get());
    CHECK(ASN1_STRING_type(serial) == V_ASN1_INTEGER);
    CHECK(ASN1_STRING_length(serial) <= 20);
    seen.push_back(base::to_hex(
        {ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))}));
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("dates are UTCTime up to 2049 and GeneralizedTime after") {
  certgen::CertificateRequest request;
  request.common_name = "n";
  request.not_before = kNow;
  request.valid_days = 99 * 365;
  const certgen::Certificate made = self_signed(request);
  const ASN1_TIME* before = X509_get0_notBefore(made.get());
  const ASN1_TIME* after = X509_get0_notAfter(made.get());
  CHECK(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(before))) ==
        "261124075640Z");
  CHECK(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(after))) ==
        "21251031075640Z");
}

TEST_CASE("a certificate and a key survive DER") {
  certgen::CertificateRequest request;
  request.common_name = "n";
  const certgen::Certificate made = self_signed(request);
  auto der = certgen::certificate_der(made).value();
  CHECK(certgen::certificate_der(certgen::parse_certificate(der).value()).value() == der);
  der.push_back(0);
  CHECK_FALSE(certgen::parse_certificate(der).ok());
  CHECK_FALSE(certgen::parse_certificate({}).ok());

  const certgen::PrivateKey key = new_key();
  const base::Secret pkcs8 = certgen::private_key_der(key).value();
  const auto again = certgen::parse_private_key(pkcs8.bytes());
  REQUIRE(again.ok());
  CHECK(EVP_PKEY_eq(key.get(), again.value().get()) == 1);
  CHECK_FALSE(certgen::parse_private_key(pkcs8.bytes().first(pkcs8.size() - 1)).ok());
}
