#include <doctest/doctest.h>

#include <string>

#include "base/secret.h"
#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/pkcs12.h"
#include "certgen/tls_material.h"
#include "tests/support/certificate_files.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stock_certificates.h"
#include "tests/support/store_outline.h"

using base::Secret;
using test_support::store_outline;

namespace {

Secret bytes_of(const std::filesystem::path& path) {
  return Secret::copy_of(test_support::read_whole_file(path));
}

certgen::CertificateFacts stock_http_facts(const test_support::StockCertificates& stock) {
  const auto entries = certgen::read_pkcs12(bytes_of(stock.directory / "http.p12").bytes(),
                                            Secret::copy_of(stock.http_password));
  REQUIRE(entries.ok());
  REQUIRE(entries.value().size() == 2);
  return certgen::facts_of(entries.value()[1].chain.at(0));
}

/// The first line in which two outlines differ, or nothing.
std::string first_difference(const std::string& stock, const std::string& ours) {
  const auto left = base::split(stock, '\n');
  const auto right = base::split(ours, '\n');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string a = i < left.size() ? left[i] : "(end)";
    const std::string b = i < right.size() ? right[i] : "(end)";
    if (a != b) return "line " + std::to_string(i) + ": stock " + a + ", ours " + b;
  }
  return "";
}

void compare(const std::string& version, bool from_8_17) {
  const auto stock = test_support::stock_certificates(version);
  if (!stock)
    return test_support::report_skip("comparison with stock " + version,
                                     "its certificates cannot be made here");
  const certgen::CertificateFacts facts = stock_http_facts(*stock);
  CHECK(facts.names.size() >= 3);
  certgen::TlsRequest request;
  request.node_name = "refnode";
  request.http_names = facts.names;  // the order of a HashSet: whatever it was that time
  request.distinct_ca_names_and_key_usage = from_8_17;
  request.now = facts.not_before;
  const auto made = certgen::make_tls_material(request);
  REQUIRE(made.ok());
  const test_support::CertificateFiles ours(made.value());

  const std::string http =
      store_outline(bytes_of(stock->directory / "http.p12").bytes(), stock->http_password);
  CHECK(base::split(http, '\n').size() > 200);
  CHECK(first_difference(http,
                         store_outline(bytes_of(ours.http_p12).bytes(), ours.http_password)) == "");
  const std::string transport = store_outline(bytes_of(stock->directory / "transport.p12").bytes(),
                                              stock->transport_password);
  CHECK(base::split(transport, '\n').size() > 120);
  CHECK(first_difference(transport, store_outline(bytes_of(ours.transport_p12).bytes(),
                                                  ours.transport_password)) == "");

  // The dates are random parts of the outline, but not of the material.
  const auto entries =
      certgen::read_pkcs12(bytes_of(ours.http_p12).bytes(), Secret::copy_of(ours.http_password));
  const certgen::CertificateFacts own = certgen::facts_of(entries.value().at(1).chain.at(0));
  CHECK(own.not_after - own.not_before == facts.not_after - facts.not_before);
  CHECK(own.subject == facts.subject);

  const std::string pem = test_support::read_whole_file(stock->directory / "http_ca.crt");
  const std::string own_pem = made.value().http_ca_pem;
  CHECK(base::split(pem, '\n').front() == base::split(own_pem, '\n').front());
  CHECK(base::split(pem, '\n')[1].size() == base::split(own_pem, '\n')[1].size());
  CHECK(base::split(pem, '\n').size() == base::split(own_pem, '\n').size());
  CHECK(stock->http_password.size() == ours.http_password.size());
}

std::string http_outline(const certgen::TlsRequest& request) {
  const auto made = certgen::make_tls_material(request);
  REQUIRE(made.ok());
  return store_outline(made.value().http_p12.bytes(),
                       std::string(made.value().http_password.expose()));
}

}  // namespace

TEST_CASE("the outline shows what is not random, and only that") {
  certgen::TlsRequest request;
  request.node_name = "n";
  request.http_names = {{certgen::SubjectAltName::Kind::kDns, "host"}};
  const std::string first = http_outline(request);
  CHECK(first_difference(first, http_outline(request)) == "");
  certgen::TlsRequest other = request;
  other.node_name = "m";
  CHECK(first_difference(first, http_outline(other)) != "");
  other = request;
  other.http_names.front().value = "hosu";
  CHECK(first_difference(first, http_outline(other)) != "");
  other = request;
  other.distinct_ca_names_and_key_usage = false;
  CHECK(first_difference(first, http_outline(other)) != "");
  CHECK(store_outline({}, "").empty());
  CHECK(store_outline(Secret::copy_of("\x30\x05"
                                      "abc")
                          .bytes(),
                      "") == "error: cut off");
}

TEST_CASE("only random parts differ from what stock 8.19 makes") {
  compare("8.19.21", true);
}

TEST_CASE("only random parts differ from what stock 8.13 makes") {
  compare("8.13.4", false);
}
