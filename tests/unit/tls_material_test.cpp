#include "certgen/tls_material.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "certgen/certificate_facts.h"
#include "certgen/pkcs12.h"

using base::Secret;
using certgen::CertificateFacts;
using certgen::StoreEntry;

namespace {

constexpr base::UnixSeconds kNow = 1795507000;
constexpr base::UnixSeconds kDay = 86400;

certgen::TlsRequest ec_request() {
  certgen::TlsRequest request;
  request.node_name = "node, 1";
  request.http_names = {{certgen::SubjectAltName::Kind::kIp, "127.0.0.1"},
                        {certgen::SubjectAltName::Kind::kDns, ""},
                        {certgen::SubjectAltName::Kind::kDns, "localhost"}};
  request.key_type = certgen::KeyType::kEcP256;
  request.now = kNow;
  return request;
}

certgen::TlsMaterial material(const certgen::TlsRequest& request) {
  auto made = certgen::make_tls_material(request);
  REQUIRE(made.ok());
  return std::move(made).value();
}

std::vector<StoreEntry> entries_of(const Secret& store, const Secret& password) {
  auto read = certgen::read_pkcs12(store.bytes(), password);
  REQUIRE(read.ok());
  return std::move(read).value();
}

}  // namespace

TEST_CASE("a first start's material has the stock aliases, chains, names and dates") {
  const certgen::TlsMaterial made = material(ec_request());
  const auto http = entries_of(made.http_p12, made.http_password);
  REQUIRE(http.size() == 2);
  CHECK(http[0].alias == "http_ca");
  CHECK(http[0].key != nullptr);
  CHECK(http[0].chain.size() == 1);
  CHECK(http[1].alias == "http");
  CHECK(http[1].key != nullptr);
  REQUIRE(http[1].chain.size() == 2);
  CHECK(certgen::is_same(http[1].chain[1], http[0].chain[0]));
  CHECK(certgen::belongs_to(http[1].chain[0], http[1].key));

  const CertificateFacts ca = certgen::facts_of(http[0].chain[0]);
  CHECK(ca.subject == "CN=Elasticsearch security auto-configuration HTTP CA");
  CHECK(ca.is_ca);
  CHECK(ca.not_before == kNow);
  CHECK(ca.not_after == kNow + 1095 * kDay);
  CHECK(ca.sha256_hex == made.http_ca_sha256_hex);
  CHECK(certgen::certificate_pem(http[0].chain[0]).value() == made.http_ca_pem);
  CHECK(made.http_ca_pem.ends_with("-----END CERTIFICATE-----\n"));

  const CertificateFacts node = certgen::facts_of(http[1].chain[0]);
  CHECK(node.common_name == "node, 1");
  CHECK(node.issuer == ca.subject);
  CHECK_FALSE(node.is_ca);
  CHECK(node.not_after == kNow + 730 * kDay);
  CHECK(node.names ==
        std::vector<certgen::SubjectAltName>{{certgen::SubjectAltName::Kind::kIp, "127.0.0.1"},
                                             {certgen::SubjectAltName::Kind::kDns, "localhost"}});
  CHECK(node.key == "EC 256");

  const auto transport = entries_of(made.transport_p12, made.transport_password);
  REQUIRE(transport.size() == 2);
  CHECK(transport[0].alias == "transport");
  CHECK(transport[0].key != nullptr);
  CHECK(transport[1].alias == "transport_ca");
  CHECK(transport[1].key == nullptr);
  CHECK(certgen::facts_of(transport[1].chain[0]).subject ==
        "CN=Elasticsearch security auto-configuration transport CA");
  CHECK(certgen::facts_of(transport[0].chain[0]).not_after == kNow + 36135 * kDay);
  CHECK(made.http_password.size() == 22);
  CHECK(made.transport_password.size() == 22);
  CHECK_FALSE(made.http_password.equals(made.transport_password));
}

TEST_CASE("PEM material is the same, without stores and passwords") {
  certgen::TlsRequest request = ec_request();
  request.format = certgen::StoreFormat::kPem;
  const certgen::TlsMaterial made = material(request);
  CHECK(made.http_p12.empty());
  CHECK(made.transport_p12.empty());
  CHECK(made.http_password.empty());
  CHECK(made.transport_password.empty());
  CHECK(made.pem.http_chain.ends_with(made.http_ca_pem));
  CHECK(made.pem.http_chain.size() > made.http_ca_pem.size());
  for (const Secret* key : {&made.pem.http_ca_key, &made.pem.http_key, &made.pem.transport_key})
    CHECK(std::string(key->expose()).starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(made.pem.transport_cert.starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(made.pem.transport_ca != made.http_ca_pem);
  CHECK(made.http_ca_sha256_hex.size() == 64);
}

TEST_CASE("before 8.17 both CAs have one name") {
  certgen::TlsRequest request = ec_request();
  request.distinct_ca_names_and_key_usage = false;
  const certgen::TlsMaterial made = material(request);
  const auto transport = entries_of(made.transport_p12, made.transport_password);
  CHECK(certgen::facts_of(transport[1].chain[0]).subject ==
        "CN=Elasticsearch security auto-configuration HTTP CA");
}

TEST_CASE("a bad name is refused before any key is made") {
  certgen::TlsRequest request = ec_request();
  int keys = 0;
  request.on_key = [&](int, int) { ++keys; };
  request.http_names.push_back({certgen::SubjectAltName::Kind::kIp, "nowhere"});
  CHECK_FALSE(certgen::make_tls_material(request).ok());
  request = ec_request();
  request.node_name = "\xC3";
  CHECK_FALSE(certgen::make_tls_material(request).ok());
  CHECK(keys == 0);
}

TEST_CASE("an enrolled node gets the transport key and the HTTP CA of the others") {
  const certgen::TlsMaterial first = material(ec_request());
  const auto http = entries_of(first.http_p12, first.http_password);
  const auto transport = entries_of(first.transport_p12, first.transport_password);
  certgen::EnrolledCredentials received;
  received.http_ca_key = certgen::private_key_der(http[0].key).value();
  received.http_ca_cert = certgen::certificate_der(http[0].chain[0]).value();
  received.transport_key = certgen::private_key_der(transport[0].key).value();
  received.transport_cert = certgen::certificate_der(transport[0].chain[0]).value();
  received.transport_ca_cert = certgen::certificate_der(transport[1].chain[0]).value();

  certgen::TlsRequest request = ec_request();
  request.node_name = "second";
  const auto joined = certgen::make_enrolled_material(request, received);
  REQUIRE(joined.ok());
  const auto own_http = entries_of(joined.value().http_p12, joined.value().http_password);
  const auto own_transport =
      entries_of(joined.value().transport_p12, joined.value().transport_password);
  CHECK(joined.value().http_ca_sha256_hex == first.http_ca_sha256_hex);
  CHECK(certgen::is_same(own_http[1].chain[1], http[0].chain[0]));
  CHECK_FALSE(certgen::is_same(own_http[1].chain[0], http[1].chain[0]));
  CHECK(certgen::facts_of(own_http[1].chain[0]).common_name == "second");
  CHECK(certgen::is_same(own_transport[0].chain[0], transport[0].chain[0]));
  CHECK(certgen::belongs_to(own_transport[0].chain[0], own_transport[0].key));

  SUBCASE("PEM files get the same") {
    request.format = certgen::StoreFormat::kPem;
    const auto plain = certgen::make_enrolled_material(request, received);
    REQUIRE(plain.ok());
    CHECK(plain.value().http_ca_pem == first.http_ca_pem);
    CHECK(
        plain.value().pem.transport_key.equals(certgen::private_key_pem(transport[0].key).value()));
    CHECK(plain.value().pem.transport_ca ==
          certgen::certificate_pem(transport[1].chain[0]).value());
    CHECK(plain.value().http_p12.empty());
  }
  SUBCASE("a key of another certificate is refused") {
    received.http_ca_key = received.transport_key.clone();
    auto refused = certgen::make_enrolled_material(request, received);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::kData);
    CHECK(refused.error().message.find("http_ca_key") != std::string::npos);
  }
  SUBCASE("a field that is no DER is refused") {
    received.transport_ca_cert = {1, 2, 3};
    auto refused = certgen::make_enrolled_material(request, received);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("transport_ca_cert") != std::string::npos);
  }
}

TEST_CASE("certificates can be read without the keys") {
  const certgen::TlsMaterial made = material(ec_request());
  const auto read = certgen::read_pkcs12_certificates(made.http_p12.bytes(), made.http_password);
  REQUIRE(read.ok());
  std::vector<std::string> aliases;
  for (const StoreEntry& entry : read.value()) {
    CHECK(entry.key == nullptr);
    CHECK(entry.chain.size() == 1);
    aliases.push_back(entry.alias);
  }
  CHECK(aliases == std::vector<std::string>{
                       "http_ca", "http", "CN=Elasticsearch security auto-configuration HTTP CA"});
  CHECK_FALSE(
      certgen::read_pkcs12_certificates(made.http_p12.bytes(), Secret::copy_of("wrong")).ok());
}

TEST_CASE("a store is refused with the wrong password, cut off, or changed") {
  const certgen::TlsMaterial made = material(ec_request());
  auto wrong = certgen::read_pkcs12(made.http_p12.bytes(), made.transport_password);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().kind == base::ErrorKind::kData);
  CHECK(certgen::read_pkcs12(made.http_p12.bytes(), Secret()).error().kind ==
        base::ErrorKind::kData);
  for (std::size_t size = 0; size < made.http_p12.size(); size += 7) {
    auto cut = certgen::read_pkcs12(made.http_p12.bytes().first(size), made.http_password);
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().kind == base::ErrorKind::kIo);
  }
  for (std::size_t at = 30; at + 110 < made.http_p12.size(); at += 211) {
    Secret changed = made.http_p12.clone();
    changed.writable_bytes()[at] ^= 0x01U;
    CHECK_FALSE(certgen::read_pkcs12(changed.bytes(), made.http_password).ok());
  }
}
