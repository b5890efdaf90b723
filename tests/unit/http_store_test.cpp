#include "certgen/http_store.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "certgen/certificate_facts.h"
#include "certgen/tls_material.h"

using certgen::CertificateFacts;

namespace {

constexpr base::UnixSeconds kNow = 1795507000;
constexpr base::UnixSeconds kDay = 86400;

certgen::TlsMaterial material() {
  certgen::TlsRequest request;
  request.node_name = "n";
  request.http_names = {{certgen::SubjectAltName::Kind::kDns, "old.example"}};
  request.key_type = certgen::KeyType::kEcP256;
  request.now = kNow;
  auto made = certgen::make_tls_material(request);
  REQUIRE(made.ok());
  return std::move(made).value();
}

certgen::HttpStore http_store(const base::Secret& bytes, const base::Secret& password) {
  auto entries = certgen::read_pkcs12(bytes.bytes(), password);
  REQUIRE(entries.ok());
  auto found = certgen::find_http_identities(std::move(entries).value());
  REQUIRE(found.ok());
  return std::move(found).value();
}

}  // namespace

TEST_CASE("renewing gives a new key and certificate of the same CA under the same password") {
  const certgen::TlsMaterial first = material();
  certgen::RenewalRequest request;
  request.now = kNow + 700 * kDay;
  request.names = {{certgen::SubjectAltName::Kind::kDns, "new.example"}};
  auto renewed = certgen::renew_http_store(http_store(first.http_p12, first.http_password), request,
                                           first.http_password);
  REQUIRE(renewed.ok());
  CHECK(renewed.value().ca_pem == first.http_ca_pem);
  const certgen::HttpStore before = http_store(first.http_p12, first.http_password);
  const certgen::HttpStore after = http_store(renewed.value().http_p12, first.http_password);
  CHECK(certgen::is_same(after.ca.certificate, before.ca.certificate));
  CHECK(certgen::belongs_to(before.ca.certificate, after.ca.key));
  CHECK_FALSE(certgen::belongs_to(before.node.certificate, after.node.key));
  const CertificateFacts facts = certgen::facts_of(after.node.certificate);
  CHECK(facts.common_name == "n");
  CHECK(facts.names == request.names);
  CHECK(facts.not_before == request.now);
  // The CA ends 1095 days after its making, which is before the usual 730 days are over.
  CHECK(facts.not_after == kNow + 1095 * kDay);
}

TEST_CASE("without names the old ones stay") {
  const certgen::TlsMaterial first = material();
  certgen::RenewalRequest request;
  request.now = kNow;
  auto renewed = certgen::renew_http_store(http_store(first.http_p12, first.http_password), request,
                                           first.http_password);
  REQUIRE(renewed.ok());
  const CertificateFacts facts = certgen::facts_of(renewed.value().node);
  REQUIRE(facts.names.size() == 1);
  CHECK(facts.names[0].value == "old.example");
  CHECK(facts.not_after == kNow + 730 * kDay);
}

TEST_CASE("an expired CA issues nothing, but can be replaced") {
  const certgen::TlsMaterial first = material();
  certgen::RenewalRequest request;
  request.now = kNow + 1095 * kDay;
  auto refused = certgen::renew_http_store(http_store(first.http_p12, first.http_password), request,
                                           first.http_password);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == base::ErrorKind::kConfig);
  request.new_ca = true;
  auto renewed = certgen::renew_http_store(http_store(first.http_p12, first.http_password), request,
                                           first.http_password);
  REQUIRE(renewed.ok());
  CHECK(renewed.value().ca_pem != first.http_ca_pem);
  CHECK(renewed.value().old_ca_pem == first.http_ca_pem);
  const certgen::HttpStore after = http_store(renewed.value().http_p12, first.http_password);
  CHECK(certgen::may_have_issued(after.ca.certificate, after.node.certificate));
  CHECK(certgen::facts_of(after.ca.certificate).subject ==
        "CN=Elasticsearch security auto-configuration HTTP CA");
}

TEST_CASE("a store without exactly one CA key is refused") {
  const certgen::TlsMaterial made = material();
  auto entries = certgen::read_pkcs12(made.transport_p12.bytes(), made.transport_password);
  auto refused = certgen::find_http_identities(std::move(entries).value());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("no CA key") != std::string::npos);

  auto twice = certgen::read_pkcs12(made.http_p12.bytes(), made.http_password).value();
  auto again = certgen::read_pkcs12(made.http_p12.bytes(), made.http_password).value();
  twice.push_back(std::move(again.front()));
  refused = certgen::find_http_identities(std::move(twice));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("two CA keys") != std::string::npos);
}
